import { createReadCategory } from '../../../functions/notification/store/categories.ts'
import { manageApi } from '../manage-api.ts'

const { call, store, tenant } = await manageApi()
const { signal } = new AbortController()
const readCategory = createReadCategory(store.documents.read)

const NEWS = { channels: ['inapp', 'email'], onUncertain: 'drop' }

test('a category is made with defaults, replaced, read and deleted', async () => {
  const made = await call('PUT /v1/categories/news', { body: NEWS })
  expect(made.json).toEqual({
    name: 'news',
    ...NEWS,
    required: false,
    throttle: null,
    digest: null,
    version: expect.any(String),
    updatedAt: expect.stringMatching(/Z$/),
  })
  expect([made.status, made.headers.etag]).toEqual([201, `"${made.json.version}"`])
  const throttle = { limit: 3, windowMs: 60_000, over: 'defer' }
  const changed = await call('PUT /v1/categories/news', { body: { ...made.json, throttle } })
  expect([changed.status, changed.json.throttle]).toEqual([200, throttle])
  expect(await readCategory({ tenant, name: 'news' }, signal)).toEqual({
    name: 'news',
    ...NEWS,
    required: false,
    throttle,
    digest: null,
    version: changed.json.version,
  })
  expect((await call('GET /v1/categories/news')).json).toEqual(changed.json)
  expect((await call('DELETE /v1/categories/news')).status).toBe(204)
  expect((await call('DELETE /v1/categories/news')).json.code).toBe('not-found')
  expect((await call('GET /v1/categories/news')).status).toBe(404)
  expect(await readCategory({ tenant, name: 'news' }, signal)).toBeUndefined()
})

test('the same definition again changes nothing', async () => {
  const made = await call('PUT /v1/categories/same', { body: NEWS })
  const again = await call('PUT /v1/categories/same', { body: { ...NEWS, digest: null } })
  expect([again.status, again.json, again.headers.etag]).toEqual([200, made.json, made.headers.etag])
})

test('a category that is made again after its deletion has another version', async () => {
  const first = await call('PUT /v1/categories/again', { body: NEWS })
  await call('DELETE /v1/categories/again')
  const headers = { 'if-match': String(first.headers.etag) }
  expect((await call('PUT /v1/categories/again', { body: NEWS, headers })).status).toBe(412)
  expect((await call('PUT /v1/categories/again', { body: NEWS })).headers.etag).not.toBe(first.headers.etag)
})

test('a change under conditions is made only if they hold', async () => {
  expect((await call('PUT /v1/categories/asked', { body: NEWS, headers: { 'if-match': '*' } })).status).toBe(412)
  const made = await call('PUT /v1/categories/asked', { body: NEWS, headers: { 'if-none-match': '*' } })
  expect(made.status).toBe(201)
  const body = { ...NEWS, required: true }
  expect((await call('PUT /v1/categories/asked', { body, headers: { 'if-none-match': '*' } })).status).toBe(412)
  expect((await call('PUT /v1/categories/asked', { body, headers: { 'if-match': '"other"' } })).status).toBe(412)
  const headers = { 'if-match': String(made.headers.etag) }
  expect((await call('PUT /v1/categories/asked', { body, headers })).json.required).toBe(true)
  expect((await call('DELETE /v1/categories/asked', { headers })).status).toBe(412)
  expect((await call('PUT /v1/categories/asked', { body, headers: { 'if-match': '*' } })).status).toBe(200)
})

test('changes at once are made one after the other', async () => {
  const names = [1, 2, 3].map((limit) => ({ limit, windowMs: 1000, over: 'drop' }))
  const answers = await Promise.all(
    names.map((throttle) => call('PUT /v1/categories/raced', { body: { ...NEWS, throttle } })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201])
  expect(new Set(answers.map(({ headers }) => headers.etag)).size).toBe(3)
})

test.each([
  ['no channels', { channels: [] }, 'channels'],
  ['a channel twice', { channels: ['sms', 'sms'] }, 'channels'],
  ['an unknown channel', { channels: ['fax'] }, 'channels[0]'],
  ['a digest of 201 items', { digest: { windowSeconds: 60, maxItems: 201 } }, 'digest.maxItems'],
  ['a throttle without a window', { throttle: { limit: 1, over: 'drop' } }, 'throttle.windowMs'],
  ['another name than the path', { name: 'other' }, 'name'],
  ['an unknown field', { colour: 'red' }, 'colour'],
  ['no word on uncertainty', { onUncertain: undefined }, 'onUncertain'],
])('%s is 422 with its path', async (_, fields, path) => {
  const { status, json } = await call('PUT /v1/categories/bad', { body: { ...NEWS, ...fields } })
  expect([status, json.errors[0].path]).toEqual([422, path])
})

test('a list has the tenant’s categories by name, page by page', async () => {
  const claims = { tenant: `${tenant}-lists` }
  for (const name of ['b', 'a', 'c']) await call(`PUT /v1/categories/${name}`, { body: NEWS, claims })
  const first = await call('GET /v1/categories', { query: 'limit=2', claims })
  expect(first.json.items.map(({ name }: { name: string }) => name)).toEqual(['a', 'b'])
  const query = `limit=2&cursor=${first.json.nextCursor}`
  const second = await call('GET /v1/categories', { query, claims })
  expect(second.json).toMatchObject({ items: [{ name: 'c' }], nextCursor: null })
  expect((await call('GET /v1/categories', { query })).json.code).toBe('invalid-cursor')
  expect((await call('GET /v1/categories/a')).status).toBe(404)
})
