import { apiUrl } from '../../support/cloud.ts'
import { answered, call } from '../../support/http.ts'
import { aClient, type ClientOptions } from '../a-client.ts'

const api = apiUrl('UrlShortener')
const unique = () => Math.random().toString(36).slice(2, 10)

async function aBulkClient(options: ClientOptions = {}) {
  const { send } = await aClient(options)
  const bulk = (links: unknown, headers: Record<string, string> = {}) =>
    send('/v1/links/bulk', { method: 'POST', body: { links }, headers })
  const count = async () => answered(200, await send('/v1/links?limit=100')).json.items.length
  return { send, bulk, count }
}

interface Result {
  status: number
  link: { code: string }
  error: { code: string }
}

test('a hundred links are created, each with its index, and each redirects', async () => {
  const { bulk, count } = await aBulkClient()
  const { status, json } = await bulk(Array.from({ length: 100 }, (_, n) => ({ url: `https://example.com/${n}` })))
  expect(status).toBe(207)
  expect(
    json.results.map(({ index, status, link }: { index: number; status: number; link: { url: string } }) => [
      ...[index, status, link.url],
    ]),
  ).toEqual(Array.from({ length: 100 }, (_, n) => [n, 201, `https://example.com/${n}`]))
  expect(await count()).toBe(100)
  expect((await call(`${api}/${json.results[99].link.code}`)).headers.get('location')).toBe('https://example.com/99')
})

test('links are independent: an invalid one does not prevent the others', async () => {
  const { bulk, count } = await aBulkClient()
  const alias = `bulk-${unique()}`
  answered(207, await bulk([{ url: 'https://example.com/', alias }]))
  const { status, json } = await bulk([
    { url: 'https://example.com/new' },
    { url: 'https://example.com/', alias },
    { url: 'https://example.com/', alias: 'health' },
    { url: 'http://127.0.0.1/', rules: [{ if: { country: 'DE' }, url: 'x' }] },
    { url: 'https://example.com/', maxClicks: 0 },
    null,
    { url: 'https://example.com/new', reuse: true, password: 'secret' },
  ])
  expect(status).toBe(207)
  expect(json.results.map((result: Result) => [result.status, result.error?.code])).toEqual([
    ...[[201, undefined]],
    ...[[409, 'alias-taken']],
    ...[[409, 'alias-reserved']],
    ...[[422, 'invalid-url']],
    ...[[422, 'invalid-input']],
    ...[[422, 'invalid-input']],
    ...[[201, undefined]],
  ])
  expect(json.results[3].error.errors.map(({ path }: { path: string }) => path)).toEqual(['url', 'rules[0].url'])
  expect(await count()).toBe(3)
})

test('a repeat with the Idempotency-Key gets the same response, and creates nothing', async () => {
  const { bulk, count } = await aBulkClient()
  const headers = { 'idempotency-key': unique() }
  const links = [{ url: 'https://example.com/' }, { url: 'x' }, { url: 'https://example.com/', maxClicks: 3 }]
  const first = answered(207, await bulk(links, headers))
  const again = await bulk(links, headers)
  expect([again.status, again.json, again.headers.get('idempotent-replayed')]).toEqual([207, first.json, 'true'])
  expect(await count()).toBe(2)
  const other = await bulk([{ url: 'https://example.com/' }], headers)
  expect([other.status, other.json.code]).toEqual([422, 'idempotency-key-reused'])
})

test('a repeat whose response was too long to store gets a new response with the same links', async () => {
  const { bulk, count } = await aBulkClient()
  const headers = { 'idempotency-key': unique() }
  const rules = Array.from({ length: 3 }, (_, n) => ({
    if: { country: 'DE' },
    url: `https://example.com/${n}/${'x'.repeat(1900)}`,
  }))
  const links = Array.from({ length: 100 }, (_, n) => ({ url: `https://example.com/${n}/${'x'.repeat(1900)}`, rules }))
  const first = await bulk(links, headers)
  expect([first.status, first.text.length > 400_000]).toEqual([207, true])
  const again = await bulk(links, headers)
  expect([again.status, again.json]).toEqual([207, first.json])
  expect(await count()).toBe(100)
})

test('of two links with one alias in a bulk one gets it, and of two with reuse one is created', async () => {
  const { bulk } = await aBulkClient()
  const alias = `twice-${unique()}`
  const url = `https://example.com/${unique()}`
  const same = { url, reuse: true }
  const { json } = answered(207, await bulk([{ url, alias }, { url, alias }, same, same]))
  const statuses = json.results.map(({ status }: Result) => status)
  expect(statuses.slice(0, 2).sort()).toEqual([201, 409])
  expect(statuses.slice(2).sort()).toEqual([200, 201])
  expect(json.results[2].link).toEqual(json.results[3].link)
})

test.each([
  ['101 links', Array(101).fill({ url: 'https://example.com/' }), 'links'],
  ['links that are no list', { url: 'https://example.com/' }, 'links'],
  ['no links', undefined, 'links'],
])('%s get 422', async (_, links, path) => {
  const { bulk, count } = await aBulkClient()
  const { status, json } = await bulk(links)
  expect([status, json.code, json.errors[0].path]).toEqual([422, 'invalid-input', path])
  expect(await count()).toBe(0)
})

test('a body of a megabyte is accepted, and one byte more gets 413', async () => {
  const { send } = await aBulkClient()
  const sendBytes = (bytes: number) =>
    send('/v1/links/bulk', { method: 'POST', body: '{"links":[]}'.padEnd(bytes, ' ') })
  expect((await sendBytes(1_048_576)).status).toBe(207)
  const { status, json } = await sendBytes(1_048_577)
  expect([status, json.code]).toEqual([413, 'too-large'])
})

test('creating links in bulk needs the scope', async () => {
  expect((await (await aBulkClient({ scope: 'links:read' })).bulk([])).status).toBe(403)
  expect((await call(`${api}/v1/links/bulk`, { method: 'POST', body: { links: [] } })).status).toBe(401)
})
