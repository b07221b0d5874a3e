import { apiUrl } from '../../support/cloud.ts'
import { answered, call } from '../../support/http.ts'
import { aClient } from '../a-client.ts'

const api = apiUrl('UrlShortener')
const unique = () => Math.random().toString(36).slice(2, 10)

describe('GET /v1/links/{code}', () => {
  test('returns the link as it was created, with the same ETag', async () => {
    const { send, post } = await aClient()
    const made = answered(201, await post({ title: 'A title', tags: ['a', 'b'] }))
    const { status, json, headers } = await send(`/v1/links/${made.json.code}`)
    expect([status, json]).toEqual([200, made.json])
    expect(json).toMatchObject({ title: 'A title', tags: ['a', 'b'] })
    expect(headers.get('etag')).toBe(made.headers.get('etag'))
  })
})

describe('PATCH /v1/links/{code}', () => {
  test('changes the given fields and the redirect, and returns a new ETag', async () => {
    const { send, create } = await aClient()
    const made = await create({ title: 'old', tags: ['a'] })
    const { status, json } = await send(`/v1/links/${made.code}`, {
      method: 'PATCH',
      body: { url: 'https://example.org/new', title: null },
    })
    expect([status, json]).toEqual([
      200,
      { ...made, url: 'https://example.org/new', title: null, updatedAt: json.updatedAt },
    ])
    expect((await call(made.shortUrl)).headers.get('location')).toBe('https://example.org/new')
  })

  test('gets 412 and changes nothing if If-Match is stale; of concurrent requests exactly one succeeds', async () => {
    const { send, create } = await aClient()
    const made = await create()
    const etag = (await send(`/v1/links/${made.code}`)).headers.get('etag') ?? ''
    const patch = (title: string, tag: string) =>
      send(`/v1/links/${made.code}`, { method: 'PATCH', body: { title }, headers: { 'if-match': tag } })
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => patch(`title ${n}`, etag)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)])
    expect(answers.find(({ status }) => status === 412)?.json.code).toBe('precondition-failed')
    const winner = answers.find(({ status }) => status === 200)
    expect((await send(`/v1/links/${made.code}`)).json).toEqual(winner?.json)
  })

  test.each([
    [{ alias: 'other' }, 'alias'],
    [{ url: null }, 'url'],
    [{ tags: Array(11).fill('x') }, 'tags'],
    [{ title: 'x'.repeat(201) }, 'title'],
  ])('gets 422 for %j, which names the field', async (body, path) => {
    const { send, create } = await aClient()
    const { code } = await create()
    const { status, json } = await send(`/v1/links/${code}`, { method: 'PATCH', body })
    expect([status, json.code, json.errors[0].path]).toEqual([422, 'invalid-input', path])
  })
})

test('stores titles and tags so that both Unicode forms find them, and tags without surrounding spaces', async () => {
  const { send, create } = await aClient()
  const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301']
  const made = await create({ title: `Le ${decomposed}`, tags: [` ${decomposed}`, composed, 'x'] })
  expect(made).toMatchObject({ title: `Le ${composed}`, tags: [composed, 'x'] })
  for (const text of [composed, decomposed]) {
    for (const query of [`tag=${encodeURIComponent(text)}`, `q=${encodeURIComponent(text)}`]) {
      expect((await send(`/v1/links?${query}`)).json.items).toEqual([made])
    }
  }
  const blank = await send(`/v1/links/${made.code}`, { method: 'PATCH', body: { tags: [' '] } })
  expect([blank.status, blank.json.errors[0].path]).toEqual([422, 'tags[0]'])
})

describe('DELETE /v1/links/{code}', () => {
  test('gets 204; then the redirect is 410 deleted, the link 404, and its code is never reused', async () => {
    const { send, post, create } = await aClient()
    const alias = `gone-${unique()}`
    const { code, shortUrl } = await create({ alias })
    expect(await send(`/v1/links/${code}`, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' })
    expect((await call(shortUrl)).json).toMatchObject({ status: 410, code: 'deleted' })
    expect((await send(`/v1/links/${code}`)).status).toBe(404)
    expect((await send(`/v1/links/${code}`, { method: 'DELETE' })).status).toBe(404)
    const again = await post({ alias })
    expect([again.status, again.json.code]).toEqual([409, 'alias-taken'])
  })

  test('gets 412 if If-Match is stale', async () => {
    const { send, create } = await aClient()
    const { code } = await create()
    const stale = { method: 'DELETE', headers: { 'if-match': '"another"' } }
    expect((await send(`/v1/links/${code}`, stale)).status).toBe(412)
    expect((await send(`/v1/links/${code}`)).status).toBe(200)
  })
})

describe('GET /v1/links', () => {
  test('lists the tenant’s links newest first, page by page, without deleted ones', async () => {
    const { send, create, remove } = await aClient()
    const codes: string[] = []
    for (let n = 0; n < 5; n++) codes.unshift((await create()).code)
    const [deleted] = codes.splice(1, 1)
    await remove(deleted ?? '')
    const listed: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { json } = answered(200, await send(`/v1/links?limit=2${cursor && `&cursor=${cursor}`}`))
      expect(json.items.length).toBeLessThanOrEqual(2)
      listed.push(...json.items.map(({ code }: { code: string }) => code))
      cursor = json.nextCursor
    }
    expect(listed).toEqual(codes)
  })

  test('filters by tag, text and status', async () => {
    const { send, create } = await aClient()
    await create({ title: 'Spring sale', tags: ['shop'] })
    await create({ url: 'https://example.com/SPRING', tags: ['blog', 'shop'] })
    await create({ title: 'other' })
    const titles = async (query: string) => (await send(`/v1/links?${query}`)).json.items.length
    expect(await titles('tag=shop')).toBe(2)
    expect(await titles('tag=blog')).toBe(1)
    expect(await titles('q=spring')).toBe(2)
    expect(await titles('q=spring&tag=blog')).toBe(1)
    expect(await titles('status=active')).toBe(3)
    expect(await titles('status=expired')).toBe(0)
  })

  test('accepts a cursor only with the tenant and the query that it was made for, otherwise 400 invalid-cursor', async () => {
    const { send, create } = await aClient()
    await create()
    await create()
    const { nextCursor } = (await send('/v1/links?limit=1')).json
    expect(nextCursor).toEqual(expect.any(String))
    const other = await aClient()
    for (const { status, json } of [
      await other.send(`/v1/links?cursor=${nextCursor}`),
      await send(`/v1/links?cursor=${nextCursor}&tag=x`),
      await send(`/v1/links?cursor=${nextCursor.slice(0, -2)}AA`),
      await send('/v1/links?cursor=nonsense'),
    ]) {
      expect([status, json.code]).toEqual([400, 'invalid-cursor'])
    }
    expect((await send(`/v1/links?limit=50&cursor=${nextCursor}`)).status).toBe(200)
  })

  test.each(['limit=0', 'limit=101', 'limit=x', 'status=none', 'colour=red'])('refuses %s with 422', async (query) => {
    const { send } = await aClient()
    const { status, json } = await send(`/v1/links?${query}`)
    expect([status, json.code, json.errors[0].path]).toEqual([422, 'invalid-input', query.split('=')[0]])
  })
})

describe('another tenant', () => {
  test.each(['GET', 'PATCH', 'DELETE'])('gets 404 for %s of a link, as if it did not exist', async (method) => {
    const owner = await aClient()
    const stranger = await aClient()
    const made = await owner.create()
    const asked = { method, ...(method === 'PATCH' && { body: { title: 'mine now' } }) }
    const { status, json } = await stranger.send(`/v1/links/${made.code}`, asked)
    expect([status, json.code]).toEqual([404, 'not-found'])
    expect((await owner.send(`/v1/links/${made.code}`)).json).toEqual(made)
    expect((await stranger.send('/v1/links')).json).toEqual({ items: [], nextCursor: null })
  })
})

describe('Idempotency-Key on POST /v1/links', () => {
  const keyed = (key: string) => ({ 'idempotency-key': key })

  test('a repeat gets the first response, marked as replayed, and creates no second link', async () => {
    const { send, post } = await aClient()
    const headers = keyed(unique())
    const first = await post({}, headers)
    const second = await post({}, headers)
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null])
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
    expect(second.json).toEqual(first.json)
    for (const name of ['etag', 'location', 'content-type']) {
      expect(second.headers.get(name)).toBe(first.headers.get(name))
    }
    expect((await send('/v1/links')).json.items).toHaveLength(1)
  })

  test('20 concurrent requests create one link: each gets it, or 409 with Retry-After', async () => {
    const { send, post } = await aClient()
    const headers = keyed(unique())
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({}, headers)))
    for (const { status, headers, json } of answers) {
      if (status === 409) {
        expect(json.code).toBe('operation-in-progress')
        expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      } else expect(status).toBe(201)
    }
    expect((await send('/v1/links')).json.items).toHaveLength(1)
  })

  test('a refusal is replayed too', async () => {
    const { post, create } = await aClient()
    const alias = `taken-${unique()}`
    await create({ alias })
    const headers = keyed(unique())
    const first = await post({ alias }, headers)
    const second = await post({ alias }, headers)
    expect([first.status, second.status, second.json]).toEqual([409, 409, first.json])
    expect(second.headers.get('idempotent-replayed')).toBe('true')
  })

  test('with another body it gets 422 idempotency-key-reused; the same key of another caller is independent', async () => {
    const { post, tenant } = await aClient()
    const headers = keyed(unique())
    answered(201, await post({}, headers))
    const reused = await post({ url: 'https://example.org/' }, headers)
    expect([reused.status, reused.json.code]).toEqual([422, 'idempotency-key-reused'])
    const other = await (await aClient({ sub: 'user-2', tenant })).post({}, headers)
    expect([other.status, other.headers.get('idempotent-replayed')]).toEqual([201, null])
  })

  test('more than 255 characters get 422', async () => {
    const { post } = await aClient()
    const { status, json } = await post({}, keyed('k'.repeat(256)))
    expect([status, json.errors[0].path]).toEqual([422, 'idempotency-key'])
  })
})

test('a caller’s traceparent is linked, and a malformed one is ignored', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  expect((await call(`${api}/health`, { headers: { traceparent } })).status).toBe(200)
  expect((await call(`${api}/health`, { headers: { traceparent: 'nonsense' } })).status).toBe(200)
})
