import { apiUrl, token } from '../support/cloud.ts'
import { answered, type Call, call } from '../support/http.ts'
import { listen } from './deployed.ts'

const api = apiUrl('UrlShortener')
const bearer = token({
  sub: 'user-1',
  tenant: `tenant-${crypto.randomUUID()}`,
  scope: 'links:read links:write links:admin',
})
const send = async (path: string, options: Call = {}) => call(`${api}${path}`, { token: await bearer, ...options })

/** Creates a link, and returns its path, its ETag and the response. */
async function aLink(body: object = {}) {
  const { status, json, headers } = await send('/v1/links', {
    method: 'POST',
    body: { url: 'https://example.com/', ...body },
  })
  expect(status).toBe(201)
  return { code: json.code, path: `/v1/links/${json.code}`, etag: headers.get('etag') ?? '', json }
}

test('a client that has the current version gets 304 without a body, and the link once it has changed', async () => {
  const { path, etag } = await aLink()
  const ask = () => send(path, { headers: { 'if-none-match': `"other", W/${etag}` } })
  const unchanged = await ask()
  expect([unchanged.status, unchanged.text, unchanged.headers.get('etag')]).toEqual([304, '', etag])
  answered(200, await send(path, { method: 'PATCH', body: { title: 'New' } }))
  expect(await ask()).toMatchObject({ status: 200, json: { title: 'New' } })
  expect((await send(path, { headers: { 'if-match': etag } })).json.code).toBe('precondition-failed')
})

test('If-None-Match: * refuses to change or delete an existing link, and to block a blocked one', async () => {
  const { path, json } = await aLink()
  const headers = { 'if-none-match': '*' }
  const block = () => send(`${path}/block`, { method: 'PUT', body: { reason: 'Spam.' }, headers })
  expect((await block()).status).toBe(204)
  const answers = [
    await send(path, { method: 'PATCH', body: { title: 'New' }, headers }),
    await send(path, { method: 'DELETE', headers }),
    await block(),
  ]
  for (const answer of answers) expect([answer.status, answer.json.code]).toEqual([412, 'precondition-failed'])
  expect((await send(path)).json).toEqual({ ...json, status: 'blocked' })
})

test('a change without effect is 200 with the same link and ETag, and publishes no event', async () => {
  const listener = await listen()
  const rules = [{ if: { country: 'de', before: '2036-01-01T01:00:00+01:00' }, url: 'HTTPS://R.example' }]
  const { code, path, etag, json } = await aLink({ title: 'A title', tags: ['a'], rules })
  for (const body of [{}, { title: 'A title', tags: ['a'], url: 'HTTPS://example.com', rules }, { maxClicks: null }]) {
    const answer = await send(path, { method: 'PATCH', body, headers: { 'if-match': etag } })
    expect([answer.status, answer.headers.get('etag'), answer.json]).toEqual([200, etag, json])
  }
  const changed = await send(path, { method: 'PATCH', body: { title: 'New' } })
  expect(changed.headers.get('etag')).not.toBe(etag)
  // If one of them had published an event, the change would not have the second sequence number.
  const events = await listener.eventsOf(code, 2)
  await listener.stop()
  expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
    ['url-shortener.link.created', 1],
    ['url-shortener.link.updated', 2],
  ])
})
