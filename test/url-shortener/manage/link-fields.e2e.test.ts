import { apiUrl } from '../../support/cloud.ts'
import { answered, call } from '../../support/http.ts'
import { aClient } from '../a-client.ts'

const api = apiUrl('UrlShortener')
const unique = () => Math.random().toString(36).slice(2, 10)
const PAST = '2025-01-01T00:00:00.000Z'
const FUTURE = '2096-01-01T00:00:00.000Z'

async function anEditor() {
  const client = await aClient()
  const patch = (code: string, body: object) => client.send(`/v1/links/${code}`, { method: 'PATCH', body })
  const get = (code: string) => client.send(`/v1/links/${code}`)
  return { ...client, patch, get }
}

const GIVEN = {
  redirect: 301,
  cacheSeconds: 3600,
  startsAt: '2026-01-01T01:00:00+01:00',
  expiresAt: '2096-01-01t00:00:00z',
  expiredUrl: 'https://Example.com/over',
  maxClicks: 3,
  password: 'open sesame',
  title: 'A title',
  tags: ['one', 'two'],
  forwardQuery: true,
  rules: [
    { if: { device: 'ios', language: 'de', country: 'de' }, url: 'https://Apps.example.com' },
    { if: { after: '2026-02-01T00:00:00Z', before: '2026-03-01T00:00:00+02:00' }, url: 'https://example.com/february' },
  ],
}
const { password: _, ...SHOWN } = GIVEN
const ANSWERED = {
  ...SHOWN,
  startsAt: '2026-01-01T00:00:00.000Z',
  expiresAt: FUTURE,
  expiredUrl: 'https://example.com/over',
  hasPassword: true,
  clicks: 0,
  status: 'active',
  rules: [
    { if: { device: 'ios', language: 'de', country: 'DE' }, url: 'https://apps.example.com/' },
    {
      if: { after: '2026-02-01T00:00:00.000Z', before: '2026-02-28T22:00:00.000Z' },
      url: 'https://example.com/february',
    },
  ],
}
const CLEARED = {
  ...{ redirect: 302, cacheSeconds: 0, startsAt: null, expiresAt: null, expiredUrl: null, maxClicks: null },
  ...{ hasPassword: false, title: null, tags: [], forwardQuery: false, rules: [] },
}
const NULLS = Object.fromEntries(Object.keys(GIVEN).map((name) => [name, null]))

test('a link with all fields is created, read, listed and changed with the same response, which never has its password', async () => {
  const { send, post, patch, get } = await anEditor()
  const made = await post(GIVEN)
  expect([made.status, made.json]).toEqual([201, expect.objectContaining(ANSWERED)])
  const { code } = made.json
  expect((await get(code)).json).toEqual(made.json)
  expect((await send('/v1/links')).json.items).toEqual([made.json])
  const changed = await patch(code, { title: 'New' })
  expect(changed.json).toEqual({ ...made.json, title: 'New', updatedAt: changed.json.updatedAt })
  for (const { text } of [made, changed]) expect(text).not.toContain('sesame')
})

test('PATCH sets all fields, and null clears each', async () => {
  const { create, patch, get } = await anEditor()
  const { code } = await create({})
  expect((await patch(code, GIVEN)).json).toMatchObject(ANSWERED)
  const cleared = await patch(code, NULLS)
  expect([cleared.status, cleared.json]).toEqual([200, expect.objectContaining(CLEARED)])
  expect((await get(code)).json).toEqual(cleared.json)
})

test('POST accepts null for every field that may be null in a response', async () => {
  const { post } = await anEditor()
  expect((await post(NULLS)).json).toMatchObject(CLEARED)
})

test.each([
  ['the future', { startsAt: FUTURE }, 'scheduled'],
  ['the past', { startsAt: PAST }, 'active'],
])('a link that starts in %s is active or not, as its start says', async (_when, fields, status) => {
  const { send, post } = await anEditor()
  const { json } = await post(fields)
  expect(json.status).toBe(status)
  expect((await send(`/v1/links?status=${status}`)).json.items).toEqual([json])
})

test('a link may have expired before it was created; a later expiry makes it active', async () => {
  const { send, post, patch } = await anEditor()
  const { json } = await post({ expiresAt: PAST, maxClicks: 5, expiredUrl: 'https://example.com/over' })
  expect(json.status).toBe('expired')
  expect((await send('/v1/links?status=expired')).json.items).toEqual([json])
  expect((await patch(json.code, { expiresAt: FUTURE })).json.status).toBe('active')
  expect((await send('/v1/links?status=expired')).json.items).toEqual([])
})

test.each([
  ['as it starts', { startsAt: PAST, expiresAt: '2025-01-01T02:00:00+02:00' }],
  ['before it starts', { startsAt: FUTURE, expiresAt: PAST }],
])('a link that ends %s gets 422 at expiresAt, by POST and by PATCH', async (_when, fields) => {
  const { create, post, patch, get } = await anEditor()
  const { code } = await create({ startsAt: fields.startsAt })
  for (const { status, json } of [
    await post(fields),
    await patch(code, fields),
    await patch(code, { expiresAt: fields.expiresAt }),
  ]) {
    expect([status, json.code, json.errors]).toEqual([
      422,
      'invalid-input',
      [{ path: 'expiresAt', message: expect.any(String) }],
    ])
  }
  expect((await get(code)).json.expiresAt).toBeNull()
})

test('every invalid target is named: the link’s own, its expiredUrl and those of its rules', async () => {
  const { create, post, patch, get } = await anEditor()
  const { code } = await create({})
  const rules = ['https://example.com/', 'http://10.0.0.1/', `${api}/abc`].map((url) => ({
    if: { country: 'DE' },
    url,
  }))
  const bad = { url: 'ftp://example.com/', expiredUrl: 'https://me:secret@example.com/', rules }
  for (const { status, json } of [await post(bad), await patch(code, bad)]) {
    expect([status, json.code]).toEqual([422, 'invalid-url'])
    expect(json.errors.map(({ path }: { path: string }) => path)).toEqual([
      ...['url', 'expiredUrl', 'rules[1].url', 'rules[2].url'],
    ])
  }
  expect((await get(code)).json).toMatchObject({ url: 'https://example.com/', rules: [] })
})

test.each([
  ['redirect', 303],
  ['cacheSeconds', 86_401],
  ['startsAt', '2026-02-30T00:00:00Z'],
  ['expiresAt', '2026-01-01'],
  ['maxClicks', 0],
  ['maxClicks', 1_000_000_001],
  ['password', ''],
  ['password', 'x'.repeat(257)],
  ['title', 'x'.repeat(201)],
  ['tags', Array(11).fill('x')],
  ['forwardQuery', 'yes'],
  ['rules', Array(11).fill({ if: { country: 'DE' }, url: 'https://example.com/' })],
])('%s may not be %j: 422, by POST and by PATCH', async (path, value) => {
  const { create, post, patch } = await anEditor()
  const { code } = await create({})
  for (const { status, json } of [await post({ [path]: value }), await patch(code, { [path]: value })]) {
    expect([status, json.code, json.errors[0].path]).toEqual([422, 'invalid-input', path])
  }
})

test('If-Match accepts any of several versions', async () => {
  const { send, post } = await anEditor()
  const made = answered(201, await post({}))
  const etag = made.headers.get('etag') ?? ''
  const patch = (tags: string) =>
    send(`/v1/links/${made.json.code}`, { method: 'PATCH', body: { title: 'New' }, headers: { 'if-match': tags } })
  expect((await patch('"another", "one-more"')).status).toBe(412)
  expect((await patch(`"another", ${etag}`)).status).toBe(200)
  expect((await patch(`"another", ${etag}`)).status).toBe(412)
})

test('a deleted link with all fields gets 404, and its alias stays taken', async () => {
  const { create, post, get, remove } = await anEditor()
  const alias = `full-${unique()}`
  await create({ ...GIVEN, alias })
  await remove(alias)
  expect((await get(alias)).status).toBe(404)
  expect((await call(`${api}/${alias}`)).json).toMatchObject({ status: 410, code: 'deleted' })
  expect((await post({ ...GIVEN, alias })).json).toMatchObject({ status: 409, code: 'alias-taken' })
})

test('a repeat with the Idempotency-Key gets the first response, even for a link with a password and a cap', async () => {
  const { post } = await anEditor()
  const headers = { 'idempotency-key': unique() }
  const first = answered(201, await post(GIVEN, headers))
  const again = await post(GIVEN, headers)
  expect([again.status, again.json, again.headers.get('idempotent-replayed')]).toEqual([201, first.json, 'true'])
})
