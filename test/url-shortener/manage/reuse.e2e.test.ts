import { answered } from '../../support/http.ts'
import { aClient } from '../a-client.ts'

const unique = () => Math.random().toString(36).slice(2, 10)

/** Creates a client for links to a target of its own. */
async function aClientWithTarget() {
  const client = await aClient()
  const url = `https://example.com/${unique()}`
  const post = (body: object = {}) => client.post({ url, ...body })
  const count = async () => answered(200, await client.send('/v1/links')).json.items.length
  return { ...client, url, post, count, create: async (body: object = {}) => answered(201, await post(body)).json }
}

test('reuse gets 200 with the plain link of the same url, with Location and ETag', async () => {
  const { post, count } = await aClientWithTarget()
  const first = answered(201, await post({ title: 'A title' }))
  const again = await post({ reuse: true })
  expect([again.status, again.json]).toEqual([200, first.json])
  for (const name of ['location', 'etag']) expect(again.headers.get(name)).toBe(first.headers.get(name))
  expect(await count()).toBe(1)
})

test('without a plain link, or for another tenant, it gets 201, and the next request that link', async () => {
  const { post, create, url } = await aClientWithTarget()
  await create({ alias: `alias-${unique()}` })
  await create({ maxClicks: 5 })
  const first = await post({ reuse: true })
  const again = await post({ reuse: true })
  expect([first.status, again.status, again.json]).toEqual([201, 200, first.json])
  const other = await aClientWithTarget()
  expect((await other.post({ url, reuse: true })).status).toBe(201)
})

test('a link that would not be plain is created even with reuse', async () => {
  const { post, create } = await aClientWithTarget()
  const plain = await create()
  const alias = `alias-${unique()}`
  for (const more of [{ alias }, { maxClicks: 5 }, { password: 'secret' }, { redirect: 301 }, { forwardQuery: true }]) {
    const { status, json } = await post({ ...more, reuse: true })
    expect([more, status, json.code === plain.code]).toEqual([more, 201, false])
  }
  expect((await post({ reuse: true })).json.code).toBe(plain.code)
})

test('a link that was changed or deleted is not reused', async () => {
  const { post, create, change, remove } = await aClientWithTarget()
  const first = await create()
  await change(first.code, { expiresAt: '2096-01-01T00:00:00Z' })
  const second = await post({ reuse: true })
  expect([second.status, second.json.code === first.code]).toEqual([201, false])
  await remove(second.json.code)
  expect((await post({ reuse: true })).status).toBe(201)
})

test('a link that was changed to the url is reused', async () => {
  const { post, create, change, url } = await aClientWithTarget()
  const { code } = await create({ url: 'https://example.com/', maxClicks: 3 })
  const changed = await change(code, { url, maxClicks: null })
  const { status, json } = await post({ reuse: true })
  expect([status, json]).toEqual([200, changed])
})

test('one of 20 concurrent requests creates the link and all get it, in each of 3 rounds', async () => {
  for (let round = 0; round < 3; round++) {
    const { post, count } = await aClientWithTarget()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ reuse: true })))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201])
    expect(new Set(answers.map(({ json }) => json.code)).size).toBe(1)
    expect(await count()).toBe(1)
  }
})

test('reuse is true or false, otherwise 422', async () => {
  const { post } = await aClientWithTarget()
  const { status, json } = await post({ reuse: 'yes' })
  expect([status, json.errors[0].path]).toEqual([422, 'reuse'])
})
