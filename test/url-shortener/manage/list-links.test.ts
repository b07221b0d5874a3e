import fc from 'fast-check'
import { type Link, type LinkState, NO_DETAILS } from '../../../functions/url-shortener/domain/link.ts'
import {
  type LinkPosition,
  type ListLinksInput,
  listLinks,
  MAX_READ,
} from '../../../functions/url-shortener/manage/list-links.ts'
import { aLink } from '../a-link.ts'

const { signal } = new AbortController()

/** Orders links by age, newest first, and those of the same time by code, descending. */
const key = ({ createdAt, code }: LinkPosition) => `${createdAt}#${code}`

const NOW = Date.parse('2026-03-12T19:03:58.005Z')

interface StoreOptions {
  /** The size of the store's largest page, whatever the limit is. */
  pageSize?: number
  /** True if a page that ends with the last item still names a next one, as in DynamoDB. */
  saysMoreAtTheEnd?: boolean
  /** The counters, by code. */
  clicks?: Record<string, number>
}

const stateOf = (link: Link, clicks = 0): LinkState => ({ link, details: NO_DETAILS, clicks })

/** Creates the use case over an index in memory, and counts the reads of each call. */
function lister(links: Link[], { pageSize = 1000, saysMoreAtTheEnd = true, clicks = {} }: StoreOptions = {}) {
  const index = [...links].sort((a, b) => (key(a) < key(b) ? 1 : -1))
  const beside: string[] = []
  const reads: { limit: number; after: LinkPosition | undefined; signal: AbortSignal }[] = []
  const list = listLinks({
    now: () => NOW,
    readPage: async ({ tenant, after, limit }, readSignal) => {
      reads.push({ limit, after, signal: readSignal })
      const rest = index.filter((link) => link.tenant === tenant && (!after || key(link) < key(after)))
      const size = Math.min(limit, pageSize)
      return { links: rest.slice(0, size), more: saysMoreAtTheEnd ? rest.length >= size : rest.length > size }
    },
    readStates: async (found, options) => {
      expect(options).toEqual({ consistent: false, signal })
      beside.push(...found.map(({ code }) => code))
      return found.map((link) => stateOf(link, clicks[link.code]))
    },
  })
  const run = (input: Partial<ListLinksInput> = {}) => list({ tenant: 'acme', limit: 25, ...input }, signal)
  return { run, reads, index, beside }
}

/** Creates links that are a second apart, the newest first. */
function someLinks(count: number, more: (index: number) => Partial<Link> = () => ({})): Link[] {
  return Array.from({ length: count }, (_, i) =>
    aLink({ code: `code-${i}`, createdAt: new Date(Date.UTC(2026, 0, 1) - i * 1000).toISOString(), ...more(i) }),
  )
}

const codes = (states: readonly LinkState[]) => states.map(({ link }) => link.code)

test('a tenant without links gets an empty last page', async () => {
  expect(await lister([]).run()).toEqual({ states: [] })
})

test('a page has the requested number of links, newest first, and the position of the next one', async () => {
  const links = someLinks(5)
  const { run } = lister(links)
  const page = await run({ limit: 2 })
  expect(page).toEqual({
    states: links.slice(0, 2).map((link) => stateOf(link)),
    next: { createdAt: links[1]?.createdAt, code: 'code-1' },
  })
  expect(await run({ limit: 2, after: page.next })).toMatchObject({
    states: links.slice(2, 4).map((link) => stateOf(link)),
  })
})

test('a page that ends with the last link has no next one', async () => {
  const { run } = lister(someLinks(4), { saysMoreAtTheEnd: false })
  const { next } = await run({ limit: 2 })
  expect(await run({ limit: 2, after: next })).toStrictEqual({
    states: someLinks(4)
      .slice(2)
      .map((link) => stateOf(link)),
  })
})

test('without a filter one more link than needed is read, to find out whether there is a next page', async () => {
  for (const [limit, read] of [
    [1, 2],
    [25, 26],
    [100, 100],
  ] as const) {
    const { run, reads } = lister(someLinks(200))
    expect((await run({ limit, tag: undefined })).states).toHaveLength(limit)
    expect(reads.map((one) => one.limit)).toEqual([read])
  }
})

test('if the store doesn’t know whether there are more links, the next page may be empty, and is the last', async () => {
  const { run } = lister(someLinks(100))
  const { next } = await run({ limit: 100 })
  expect(next).toBeDefined()
  expect(await run({ limit: 100, after: next })).toStrictEqual({ states: [] })
})

test('links of another tenant are not listed', async () => {
  const { run } = lister([aLink({ code: 'mine' }), aLink({ code: 'theirs', tenant: 'other' })])
  expect(codes((await run()).states)).toEqual(['mine'])
})

const FILTERED = [
  aLink({ code: 'Alpha', url: 'https://news.example/', title: 'Spring Sale', tags: ['news', 'de'] }),
  aLink({ code: 'beta', url: 'https://example.com/ALPHA', title: null, tags: ['New'] }),
  aLink({ code: 'gamma', url: 'https://example.com/', title: 'null', tags: [] }),
  aLink({ code: 'delta', url: 'https://blocked.example/', blockedAt: '2026-03-13T08:00:00.000Z' }),
]

test.each<[Partial<ListLinksInput>, string[]]>([
  [{ tag: 'news' }, ['Alpha']],
  [{ tag: 'new' }, []],
  [{ tag: 'New' }, ['beta']],
  [{ q: 'alpha' }, ['beta', 'Alpha']],
  [{ q: 'ALPHA' }, ['beta', 'Alpha']],
  [{ q: 'spring s' }, ['Alpha']],
  [{ q: 'example.com' }, ['gamma', 'beta']],
  [{ q: 'NULL' }, ['gamma']],
  [{ q: '.*' }, []],
  [{ status: 'active' }, ['gamma', 'beta', 'Alpha']],
  [{ status: 'blocked' }, ['delta']],
  [{ status: 'expired' }, []],
  [{ tag: 'news', q: 'beta' }, []],
  [{ tag: 'news', q: 'sale', status: 'active' }, ['Alpha']],
])('%j finds %j', async (filter, expected) => {
  expect(codes((await lister(FILTERED).run(filter)).states)).toEqual(expected)
})

/** One link of each status, and two exhausted ones: one by its counter, one by its recorded end. */
const OF_EACH_STATUS = [
  aLink({ code: 'active', maxClicks: 2, startsAt: '2026-03-12T00:00:00.000Z', expiresAt: '2026-03-13T00:00:00.000Z' }),
  aLink({ code: 'scheduled', startsAt: '2026-03-13T00:00:00.000Z', maxClicks: 1 }),
  aLink({ code: 'expired', expiresAt: '2026-03-12T00:00:00.000Z', maxClicks: 1 }),
  aLink({ code: 'counted-out', maxClicks: 2 }),
  aLink({ code: 'recorded', maxClicks: 2, ended: 'exhausted' }),
  aLink({ code: 'blocked', maxClicks: 1, blockedAt: '2026-03-12T00:00:00.000Z' }),
]

test.each<[NonNullable<ListLinksInput['status']>, string[]]>([
  ['active', ['active']],
  ['scheduled', ['scheduled']],
  ['expired', ['expired']],
  ['exhausted', ['recorded', 'counted-out']],
  ['blocked', ['blocked']],
])('the status %s finds %j, by their counters', async (status, expected) => {
  const clicks = { active: 1, scheduled: 1, expired: 1, 'counted-out': 2, blocked: 1 }
  expect(codes((await lister(OF_EACH_STATUS, { clicks }).run({ status })).states).sort()).toEqual(expected.sort())
})

test('details and counters are only read for the links in the response', async () => {
  const { run, beside } = lister(someLinks(100, (i) => ({ tags: i % 2 ? ['odd'] : [] })))
  await run({ limit: 3, tag: 'odd' })
  expect(beside).toEqual(['code-1', 'code-3', 'code-5'])
})

test('a filter that matches nothing reads 1,000 links a call, and returns the position to continue from', async () => {
  const links = someLinks(1500)
  const { run, reads } = lister(links)
  const page = await run({ tag: 'none' })
  expect(page).toEqual({ states: [], next: { createdAt: links[999]?.createdAt, code: 'code-999' } })
  expect(reads.map(({ limit }) => limit)).toEqual(Array(10).fill(100))
  expect(await run({ tag: 'none', after: page.next })).toStrictEqual({ states: [] })
  expect(MAX_READ).toBe(1000)
})

test('a page that stops after reading 1,000 links has those that were found', async () => {
  const { run } = lister(someLinks(1500, (i) => ({ tags: i === 999 || i === 1000 ? ['rare'] : [] })))
  const page = await run({ tag: 'rare' })
  expect(codes(page.states)).toEqual(['code-999'])
  expect(codes((await run({ tag: 'rare', after: page.next })).states)).toEqual(['code-1000'])
})

test('small pages of the store don’t make it read more than 1,000', async () => {
  const { run, reads } = lister(someLinks(2000), { pageSize: 70 })
  await run({ tag: 'none' })
  expect(reads).toHaveLength(15)
  expect(reads.at(-1)?.limit).toBe(20)
})

test('a store that has more links, but returns none, is not read for ever', async () => {
  let calls = 0
  const list = listLinks({
    now: () => NOW,
    readPage: async () => {
      calls += 1
      if (calls > 20) throw new Error('Asked for ever.')
      return { links: [], more: true }
    },
    readStates: async () => [],
  })
  expect(await list({ tenant: 'acme', limit: 25 }, signal)).toStrictEqual({ states: [] })
  expect(calls).toBe(1)
})

test('the signal reaches every read', async () => {
  const { run, reads } = lister(someLinks(250))
  await run({ tag: 'none' })
  expect(reads.length).toBeGreaterThan(2)
  for (const read of reads) expect(read.signal).toBe(signal)
})

test('a failure of the store fails the list', async () => {
  const failure = new Error('down')
  const list = listLinks({
    now: () => NOW,
    readPage: async () => {
      throw failure
    },
    readStates: async () => [],
  })
  await expect(list({ tenant: 'acme', limit: 25 }, signal)).rejects.toBe(failure)
})

const TAGS = ['a', 'b'] as const
/** Runs of links with and without a tag, so that pages of all sizes occur. Some belong to another tenant. */
const stretches = fc.array(
  fc.record({
    count: fc.oneof({ weight: 4, arbitrary: fc.nat(12) }, fc.constantFrom(99, 100, 101, 999, 1000, 1001)),
    tags: fc.subarray([...TAGS]),
    tenant: fc.constantFrom('acme', 'acme', 'acme', 'other'),
    isSameTime: fc.boolean(),
  }),
  { maxLength: 6 },
)

const store = fc.record({ pageSize: fc.constantFrom(1, 7, 99, 100, 1000), saysMoreAtTheEnd: fc.boolean() })

test('following next lists exactly the matching links, in order and without duplicates, with at most 1,000 reads per call', async () => {
  const limits = fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(1, 100)), {
    minLength: 1,
    maxLength: 5,
  })
  const filters = fc.record(
    { tag: fc.constantFrom(...TAGS, 'none'), q: fc.constantFrom('code-1', 'x') },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(stretches, store, fc.tuple(limits, filters), async (parts, options, [pageLimits, filter]) => {
      let made = 0
      const links = parts.flatMap(({ count, isSameTime, ...rest }) =>
        someLinks(count).map((link) => {
          made += isSameTime ? 0 : 1
          return { ...link, ...rest, createdAt: new Date(made * 1000).toISOString(), code: `${link.code}-${made}` }
        }),
      )
      // A code is unique over all tenants.
      const unique = [...new Map(links.map((link) => [link.code, link])).values()]
      const { run, reads, index } = lister(unique, options)
      const found: LinkState[] = []
      let after: LinkPosition | undefined
      for (let call = 0; ; call++) {
        if (call > unique.length + 10) throw new Error('It does not end.')
        const limit = pageLimits[call % pageLimits.length] ?? 1
        reads.length = 0
        const page = await run({ limit, after, ...filter })
        expect(page.states.length).toBeLessThanOrEqual(limit)
        expect(reads.reduce((sum, read) => sum + Math.min(read.limit, options.pageSize), 0)).toBeLessThanOrEqual(1000)
        expect(reads[0]?.after).toEqual(after)
        found.push(...page.states)
        after = page.next
        if (!after) break
      }
      const { tag, q } = filter
      const expected = index.filter(
        (link) =>
          link.tenant === 'acme' &&
          (tag === undefined || link.tags.includes(tag)) &&
          (q === undefined || `${link.url} ${link.code}`.includes(q)),
      )
      expect(codes(found)).toEqual(expected.map(({ code }) => code))
    }),
    { numRuns: 60 },
  )
})
