import type { LinkPage, ListLinksInput } from '../../../functions/url-shortener/manage/list-links.ts'
import { httpEvent } from '../../support/events.ts'
import { aState } from '../a-link.ts'
import { managementApi, READER } from './management-api.ts'

/** Creates the API over a use case that returns this page. */
function management({ list = () => ({ states: [aState()] }) }: { list?: (input: ListLinksInput) => LinkPage } = {}) {
  const asked: unknown[] = []
  const { send } = managementApi({
    list: async (input) => {
      asked.push(input)
      return list(input)
    },
  })
  return {
    asked,
    list: (query: Record<string, string> = {}, claims: Record<string, string> = READER) =>
      send(httpEvent({ routeKey: 'GET /v1/links', claims, rawQuery: new URLSearchParams(query).toString() })),
    listRaw: (rawQuery: string) => send(httpEvent({ routeKey: 'GET /v1/links', claims: READER, rawQuery })),
  }
}

test('a list gets 200 with the links that were found; on the last page nextCursor is null', async () => {
  const { list, asked } = management()
  const { status, body } = await list()
  expect(status).toBe(200)
  expect(body).toEqual({
    items: [expect.objectContaining({ code: 'abc', shortUrl: 'https://go.example/abc' })],
    nextCursor: null,
  })
  expect(asked).toEqual([{ tenant: 'acme', limit: 25, after: undefined }])
})

test('an empty page may have a next one', async () => {
  const next = { createdAt: '2026-03-12T19:03:58.005Z', code: 'abc' }
  const { body } = await management({ list: () => ({ states: [], next }) }).list({ tag: 'rare' })
  expect(body).toEqual({ items: [], nextCursor: expect.stringMatching(/^[\w-]+$/) })
})

test('limit and filters reach the use case', async () => {
  const { list, asked } = management()
  await list({ limit: '7', tag: 'news', q: 'sale', status: 'active' })
  expect(asked).toEqual([{ tenant: 'acme', limit: 7, after: undefined, tag: 'news', q: 'sale', status: 'active' }])
})

test('filters are normalised as stored texts are', async () => {
  const { list, asked } = management()
  await list({ tag: ' e\u0301 ', q: 'e\u0301 ' })
  expect(asked).toMatchObject([{ tag: '\u00e9', q: '\u00e9 ' }])
})

test.each<[string, Record<string, string>, string]>([
  ['a limit of 0', { limit: '0' }, 'limit'],
  ['a limit of 101', { limit: '101' }, 'limit'],
  ['an unknown status', { status: 'gone' }, 'status'],
  ['an empty text', { q: '' }, 'q'],
  ['a blank tag', { tag: ' ' }, 'tag'],
  ['a tag of 51 characters', { tag: 'x'.repeat(51) }, 'tag'],
  ['another tenant', { tenant: 'other' }, 'tenant'],
])('a list with %s gets 422 with its path', async (_, query, path) => {
  const { list, asked } = management()
  expect(await list(query)).toMatchObject({ status: 422, body: { code: 'invalid-input', errors: [{ path }] } })
  expect(asked).toEqual([])
})

test.each<[string, string[]]>([
  ['tag=a&tag=a', ['tag']],
  ['limit=1&limit=1&cursor=a&cursor=b', ['limit', 'cursor']],
])('a list with %s gets 422 with the repeated names', async (query, names) => {
  const { listRaw, asked } = management()
  const errors = names.map((path) => ({ path, message: 'must be given once' }))
  expect(await listRaw(query)).toMatchObject({ status: 422, body: { code: 'invalid-input', errors } })
  expect(asked).toEqual([])
})

describe('a cursor', () => {
  const next = { createdAt: '2026-03-12T19:03:58.005Z', code: 'abc' }
  const paged = () => management({ list: ({ after }) => (after ? { states: [] } : { states: [aState()], next }) })

  test('continues after the previous page, even with another limit', async () => {
    const { list, asked } = paged()
    const { body } = await list({ tag: 'news', limit: '1' })
    expect(await list({ tag: 'news', limit: '50', cursor: body.nextCursor })).toMatchObject({
      status: 200,
      body: { items: [], nextCursor: null },
    })
    expect(asked).toEqual([
      { tenant: 'acme', limit: 1, after: undefined, tag: 'news' },
      { tenant: 'acme', limit: 50, after: next, tag: 'news' },
    ])
  })

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['another tenant', { tag: 'news' }, { ...READER, tenant: 'other' }],
    ['another tag', { tag: 'new' }, READER],
    ['no tag', {}, READER],
    ['an additional filter', { tag: 'news', q: 'x' }, READER],
    ['an additional status', { tag: 'news', status: 'active' }, READER],
  ])('is refused with %s', async (_, query, claims) => {
    const { list, asked } = paged()
    const { body } = await list({ tag: 'news' })
    expect(await list({ ...query, cursor: body.nextCursor }, claims)).toMatchObject({
      status: 400,
      body: { code: 'invalid-cursor' },
    })
    expect(asked).toHaveLength(1)
  })

  test.each([
    '',
    'abc',
    'null',
    '%00',
    'x'.repeat(1024),
    'x'.repeat(1025),
    'x'.repeat(5000),
  ])('that is forged, of any length, is refused: %j', async (cursor) => {
    expect(await paged().list({ cursor })).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } })
  })
})
