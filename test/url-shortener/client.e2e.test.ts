import createClient from 'openapi-fetch'
import type { Link, LinkChange, NewLink, paths } from '../../docs/api/url-shortener.d.ts'
import { apiUrl, token } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'

// A client that is generated from docs/api alone. `npm run types` checks that the calls below have the right types;
// here the service confirms them.

const unique = Math.random().toString(36).slice(2, 10)
const bearer = await token({ sub: 'user-1', tenant: `client-${unique}`, scope: 'links:read links:write links:admin' })
const client = createClient<paths>({ baseUrl: apiUrl('UrlShortener'), headers: { authorization: `Bearer ${bearer}` } })
const visitor = createClient<paths>({
  baseUrl: apiUrl('UrlShortener'),
  redirect: 'manual',
  headers: { accept: 'application/json' },
})

async function make(fields: Partial<NewLink> = {}): Promise<{ link: Link; etag: string }> {
  const { data, error, response } = await client.POST('/v1/links', {
    body: { url: 'https://example.com/', ...fields },
  })
  if (!data) throw new Error(`The link was not made: ${JSON.stringify(error)}`)
  return { link: data, etag: response.headers.get('etag') ?? '' }
}
const at = ({ code }: Link) => ({ params: { path: { code } } })
const followed = async (link: Link) => (await visitor.GET('/{code}', at(link))).response

/** The codes of all links with a tag, read by pages of two. */
async function listAll(tag: string): Promise<string[]> {
  const codes: string[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const query = { tag, limit: 2, ...(cursor !== undefined && { cursor }) }
    const { data, error } = await client.GET('/v1/links', { params: { query } })
    if (!data || data.items.length > 2) throw new Error(`No page of two: ${JSON.stringify(data ?? error)}`)
    codes.push(...data.items.map(({ code }) => code))
    cursor = data.nextCursor
  }
  return codes
}

test('one link is created for each Idempotency-Key', async () => {
  const ask = () =>
    client.POST('/v1/links', {
      params: { header: { 'Idempotency-Key': `key-${unique}` } },
      body: { url: 'https://example.com/once', alias: `once-${unique}`, tags: ['one'] },
    })
  const [first, second] = [await ask(), await ask()]
  expect([first.response.status, first.data?.code]).toEqual([201, `once-${unique}`])
  expect(second.data).toEqual(first.data)
  expect(second.response.headers.get('idempotent-replayed')).toBe('true')
})

test('a link is read, changed under If-Match, and followed', async () => {
  const { link, etag } = await make()
  expect((await client.GET('/v1/links/{code}', at(link))).data).toEqual(link)

  const body: LinkChange = { url: 'https://example.org/', title: 'Moved' }
  const change = () =>
    client.PATCH('/v1/links/{code}', { params: { path: { code: link.code }, header: { 'If-Match': etag } }, body })
  expect((await change()).data).toMatchObject(body)
  const { error, response } = await change()
  expect([response.status, error && 'code' in error && error.code]).toEqual([412, 'precondition-failed'])

  const made = await make({ redirect: 307 })
  const visit = await followed(made.link)
  expect([visit.status, visit.headers.get('location')]).toEqual([307, 'https://example.com/'])
})

test('links are created in bulk, and listed page by page', async () => {
  const tag = `tag-${unique}`
  const links = [1, 2, 3].map((n) => ({ url: `https://example.com/${n}`, tags: [tag] }))
  const { data } = await client.POST('/v1/links/bulk', { body: { links: [...links, { url: 'ftp://example.com/' }] } })
  expect(data?.results.map(({ status, error }) => [status, error?.code])).toEqual([
    ...links.map(() => [201, undefined]),
    [422, 'invalid-url'],
  ])

  // The index is eventually consistent, too.
  const made = data?.results.flatMap(({ link }) => link?.code ?? []).sort()
  await eventually(async () => expect((await listAll(tag)).sort()).toEqual(made))
})

test('a preview shows where a link leads, and a wrong password is refused', async () => {
  const { link } = await make({ title: 'A title' })
  const { data } = await visitor.GET('/{code}', { params: { path: { code: `${link.code}+` } } })
  expect(data).toMatchObject({ code: link.code, url: link.url, title: 'A title' })

  // An attempt that a busy machine takes too long to decide gets 429: the next one is for another link.
  await eventually(async () => {
    const locked = await make({ password: 'right' })
    const { error } = await visitor.POST('/{code}/unlock', { ...at(locked.link), body: { password: 'wrong' } })
    expect(error).toMatchObject({ status: 401, code: 'wrong-password' })
  })
})

test('a link is blocked, unblocked and deleted', async () => {
  const { link } = await make()
  const block = await client.PUT('/v1/links/{code}/block', { ...at(link), body: { reason: 'A test' } })
  expect(block.response.status).toBe(204)
  expect((await client.GET('/v1/links/{code}', at(link))).data?.status).toBe('blocked')
  await client.DELETE('/v1/links/{code}/block', at(link))
  expect((await client.GET('/v1/links/{code}', at(link))).data?.status).toBe('active')

  expect((await client.DELETE('/v1/links/{code}', at(link))).response.status).toBe(204)
  const { error } = await client.GET('/v1/links/{code}', at(link))
  expect(error).toMatchObject({ status: 404, code: 'not-found' })
})

test('the service refuses what the types refuse', async () => {
  const answers = await Promise.all([
    // @ts-expect-error: a link needs a url
    client.POST('/v1/links', { body: { alias: 'abc' } }),
    // @ts-expect-error: no redirect has this status
    client.POST('/v1/links', { body: { url: 'https://example.com/', redirect: 200 } }),
    // @ts-expect-error: there is no such path
    client.GET('/v1/nothing'),
  ])
  expect(answers.map(({ response }) => response.status)).toEqual([422, 422, 404])
})

test('the service reports that it is healthy', async () => {
  const { data } = await visitor.GET('/health')
  expect(data).toMatchObject({ status: 'ok' })
})
