import { AppError } from '../../../functions/shared/errors.ts'
import type { DeletedLink, Link } from '../../../functions/url-shortener/domain/link.ts'
import { resolveLink } from '../../../functions/url-shortener/visit/resolve-link.ts'
import { aLink } from '../a-link.ts'

const LINK = aLink()
const OUTAGE = new AppError('dependency-failed', 'the table is down', { retryable: true })
const { signal } = new AbortController()

interface Table {
  link: Link | DeletedLink | undefined
  /** True if eventually consistent reads don't find the link yet. */
  isBehind: boolean
  error: unknown
  time: number
}

/** Creates the use case over a table that the test changes, and that records its reads. */
function resolver(initial: Partial<Table> = {}) {
  const table: Table = { link: LINK, isBehind: false, error: undefined, time: 1_000_000, ...initial }
  const reads: string[] = []
  const resolve = resolveLink({
    read: async (code, { consistent }) => {
      reads.push(`${code} ${consistent ? 'consistent' : 'eventual'}`)
      if (table.error) throw table.error
      return code === table.link?.code && (consistent || !table.isBehind) ? table.link : undefined
    },
    now: () => table.time,
    random: () => 0,
  })
  return { table, resolve: (code = 'abc') => resolve(code, signal), reads }
}

test('a hit is one eventually consistent read, which costs half a unit', async () => {
  const { resolve, reads } = resolver()
  expect(await resolve('abc')).toEqual(LINK)
  expect(reads).toEqual(['abc eventual'])
})

test('a link that was just created is found by the second, consistent read', async () => {
  const { resolve, reads } = resolver({ isBehind: true })
  expect(await resolve('abc')).toEqual(LINK)
  expect(reads).toEqual(['abc eventual', 'abc consistent'])
})

test('a link is missing only after a consistent read', async () => {
  const { resolve, reads } = resolver()
  expect(await resolve('nope')).toBeUndefined()
  expect(reads).toEqual(['nope eventual', 'nope consistent'])
})

test.each([
  '',
  'ab',
  'a'.repeat(65),
  'health',
  'favicon.ico',
  'robots.txt',
  '.env',
  'wp login',
  'ä'.repeat(3),
])('the impossible code %j costs no read', async (code) => {
  const { resolve, reads } = resolver()
  expect(await resolve(code)).toBeUndefined()
  expect(reads).toEqual([])
})

describe('the cache', () => {
  test('serves a link for three seconds without a read, and not a millisecond longer', async () => {
    const { table, resolve, reads } = resolver()
    await resolve()
    table.link = { code: 'abc', deletedAt: '2026-03-12T19:03:58.005Z' }
    table.time += 2999
    expect(await resolve()).toBe(LINK)
    expect(reads).toHaveLength(1)
    table.time += 1
    expect(await resolve()).toBe(table.link)
  })

  test('caches no absence: a link works from the moment of its creation', async () => {
    const { table, resolve } = resolver({ link: undefined })
    expect(await resolve()).toBeUndefined()
    table.link = LINK
    expect(await resolve()).toBe(LINK)
  })

  test('holds 1,000 links', async () => {
    const reads: string[] = []
    const read = async (code: string) => {
      reads.push(code)
      return aLink({ code })
    }
    const resolve = resolveLink({ read, now: () => 0, random: () => 0 })
    for (let index = 0; index <= 1000; index += 1) await resolve(`code-${index}`, signal)
    await resolve('code-1', signal)
    expect(reads).toHaveLength(1001)
    await resolve('code-0', signal)
    expect(reads).toHaveLength(1002)
  })
})

describe('while the table does not respond', () => {
  test.each<[string, Link | DeletedLink]>([
    ['a plain link', LINK],
    ['a deleted one', { code: 'abc', deletedAt: '2026-03-12T19:03:58.005Z' }],
  ])('%s that was read within five minutes is served from the cache', async (_, link) => {
    const { table, resolve } = resolver({ link })
    await resolve()
    table.error = OUTAGE
    table.time += 299_999
    expect(await resolve()).toBe(link)
    table.time += 1
    await expect(resolve()).rejects.toBe(OUTAGE)
  })

  test.each<[string, Link]>([
    ['a cap', aLink({ maxClicks: 5 })],
    ['a password', aLink({ passwordId: 'p1' })],
  ])('a link with %s is not', async (_, link) => {
    const { table, resolve } = resolver({ link })
    await resolve()
    table.error = OUTAGE
    table.time += 3000
    await expect(resolve()).rejects.toBe(OUTAGE)
  })

  test('a link that is not cached does not count as missing', async () => {
    await expect(resolver({ error: OUTAGE }).resolve()).rejects.toBe(OUTAGE)
  })

  test('a deleted link does not reappear', async () => {
    const { table, resolve } = resolver()
    await resolve()
    table.time += 3000
    table.link = undefined
    await resolve()
    table.error = OUTAGE
    await expect(resolve()).rejects.toBe(OUTAGE)
  })
})
