import { apiUrl, token } from '../../support/cloud.ts'
import { call } from '../../support/http.ts'

const api = apiUrl('UrlShortener')
const unique = () => Math.random().toString(36).slice(2, 10)

async function aClient() {
  const bearer = await token({ sub: 'user-1', tenant: `tenant-${unique()}`, scope: 'links:read links:write' })
  const send = (path: string, method: string, body?: object) => call(`${api}${path}`, { token: bearer, method, body })
  const url = `https://example.com/${unique()}`
  return { url, send, post: (body: object = {}) => send('/v1/links', 'POST', { url, ...body }) }
}

test('reuse is 200 with the plain link of the same url, with Location and ETag', async () => {
  const { post, send } = await aClient()
  const first = await post({ title: 'A title' })
  const again = await post({ reuse: true })
  expect([again.status, again.json]).toEqual([200, first.json])
  for (const name of ['location', 'etag']) expect(again.headers.get(name)).toBe(first.headers.get(name))
  expect((await send('/v1/links', 'GET')).json.items).toHaveLength(1)
})

test('without a plain link, or for another tenant, it is 201; and then that one is there', async () => {
  const { post, url } = await aClient()
  await post({ alias: `alias-${unique()}` })
  await post({ maxClicks: 5 })
  const first = await post({ reuse: true })
  const again = await post({ reuse: true })
  expect([first.status, again.status, again.json]).toEqual([201, 200, first.json])
  const other = await aClient()
  expect((await other.post({ url, reuse: true })).status).toBe(201)
})

test('what a plain link would not do is made anew: reuse changes nothing of it', async () => {
  const { post } = await aClient()
  const plain = (await post()).json
  const alias = `alias-${unique()}`
  for (const more of [{ alias }, { maxClicks: 5 }, { password: 'secret' }, { redirect: 301 }, { forwardQuery: true }]) {
    const { status, json } = await post({ ...more, reuse: true })
    expect([more, status, json.code === plain.code]).toEqual([more, 201, false])
  }
  expect((await post({ reuse: true })).json.code).toBe(plain.code)
})

test('a link that was changed or deleted is not given any more', async () => {
  const { post, send } = await aClient()
  const first = (await post()).json
  await send(`/v1/links/${first.code}`, 'PATCH', { expiresAt: '2096-01-01T00:00:00Z' })
  const second = await post({ reuse: true })
  expect([second.status, second.json.code === first.code]).toEqual([201, false])
  await send(`/v1/links/${second.json.code}`, 'DELETE')
  expect((await post({ reuse: true })).status).toBe(201)
})

test('a link that was changed to the url is given', async () => {
  const { post, send, url } = await aClient()
  const { code } = (await post({ url: 'https://example.com/', maxClicks: 3 })).json
  const changed = (await send(`/v1/links/${code}`, 'PATCH', { url, maxClicks: null })).json
  const { status, json } = await post({ reuse: true })
  expect([status, json]).toEqual([200, changed])
})

test('of 20 at once one makes the link and all get it, in each of 3 rounds', async () => {
  for (let round = 0; round < 3; round++) {
    const { post, send } = await aClient()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ reuse: true })))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201])
    expect(new Set(answers.map(({ json }) => json.code)).size).toBe(1)
    expect((await send('/v1/links', 'GET')).json.items).toHaveLength(1)
  }
})

test('reuse is true or false: else 422', async () => {
  const { post } = await aClient()
  const { status, json } = await post({ reuse: 'yes' })
  expect([status, json.errors[0].path]).toEqual([422, 'reuse'])
})
