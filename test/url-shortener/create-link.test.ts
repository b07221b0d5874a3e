import { AppError } from '../../functions/shared/errors.ts'
import { type CreateLinkInput, createLink, MAX_CODE_ATTEMPTS } from '../../functions/url-shortener/create-link.ts'
import type { Link } from '../../functions/url-shortener/link.ts'
import { codeFor } from '../../functions/url-shortener/link-code.ts'
import { aLink, CAUSE } from './a-link.ts'

const NOW = Date.UTC(2026, 2, 12, 19, 3, 58, 5)
const INPUT = {
  tenant: 'acme',
  createdBy: 'user-1',
  url: 'https://example.com',
  operationId: 'operation-1',
  cause: CAUSE,
}
const { signal } = new AbortController()

/** The use case over a store in memory that holds `taken`, with codes that count up. */
function shortener({ taken = [] as string[], now = () => NOW } = {}) {
  const stored = new Map<string, Link | undefined>(taken.map((code) => [code, undefined]))
  const tried: Link[] = []
  const run = createLink({
    insert: async (link, cause) => {
      expect(cause).toBe(CAUSE)
      tried.push(link)
      if (stored.has(link.code)) return 'taken'
      stored.set(link.code, link)
      return link
    },
    codeFor: (_, attempt) => `code-${attempt}`,
    now,
    ownHosts: new Set(['go.example']),
  })
  const create = (input: CreateLinkInput) => run(input, signal)
  return { create, stored, tried }
}

test('a link gets a new code, the caller’s tenant and the serialised url', async () => {
  const { create, stored } = shortener()
  const link = aLink({ code: 'code-1', version: 'operation-1' })
  expect(await create(INPUT)).toEqual({ outcome: 'created', link })
  expect([...stored.values()]).toEqual([link])
})

test('an alias is the code', async () => {
  const { create, stored } = shortener()
  expect(await create({ ...INPUT, alias: 'mine' })).toMatchObject({ outcome: 'created', link: { code: 'mine' } })
  expect([...stored.keys()]).toEqual(['mine'])
})

test('a code that was given out before is not given again: another one is tried', async () => {
  const { create, tried } = shortener({ taken: ['code-1', 'code-2'] })
  expect(await create(INPUT)).toMatchObject({ outcome: 'created', link: { code: 'code-3' } })
  expect(tried.map(({ code }) => code)).toEqual(['code-1', 'code-2', 'code-3'])
})

test('all tries of a creation are the same version, made at the same time', async () => {
  let time = NOW
  const { create, tried } = shortener({
    taken: ['code-1', 'code-2'],
    now: () => {
      time += 1000
      return time
    },
  })
  await create(INPUT)
  const [first] = tried
  expect(first?.updatedAt).toBe(first?.createdAt)
  for (const link of tried) expect({ ...link, code: '' }).toEqual({ ...first, code: '' })
})

test('the fifth code may still do', async () => {
  const { create } = shortener({ taken: ['code-1', 'code-2', 'code-3', 'code-4'] })
  expect(await create(INPUT)).toMatchObject({ outcome: 'created', link: { code: 'code-5' } })
})

test('after five taken codes in a row it gives up, and the client may try again', async () => {
  const { create, tried } = shortener({ taken: ['code-1', 'code-2', 'code-3', 'code-4', 'code-5'] })
  const error = await create(INPUT).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({ code: 'conflict', retryable: true })
  expect(tried).toHaveLength(5)
  expect(MAX_CODE_ATTEMPTS).toBe(5)
})

test('a taken alias is not replaced by another code', async () => {
  const { create, tried } = shortener({ taken: ['mine'] })
  expect(await create({ ...INPUT, alias: 'mine' })).toEqual({ outcome: 'alias-taken' })
  expect(tried).toHaveLength(1)
})

test.each([
  'v1',
  'health',
  'robots.txt',
  'favicon.ico',
  '.well-known',
])('the alias %s is reserved, and nothing is stored', async (alias) => {
  const { create, tried } = shortener()
  expect(await create({ ...INPUT, alias })).toEqual({ outcome: 'alias-reserved' })
  expect(tried).toEqual([])
})

test.each([
  'not a url',
  'http://127.0.0.1/',
  'https://go.example/abc',
])('the url %s is invalid, and nothing is stored', async (url) => {
  const { create, tried } = shortener()
  expect(await create({ ...INPUT, url })).toEqual({ outcome: 'invalid-url', reason: expect.any(String) })
  expect(await create({ ...INPUT, url, alias: 'mine' })).toMatchObject({ outcome: 'invalid-url' })
  expect(tried).toEqual([])
})

test('a store that fails is not asked again here', async () => {
  const failure = new AppError('dependency-failed', 'Storing a link failed', { retryable: true })
  let calls = 0
  const create = createLink({
    insert: async () => {
      calls += 1
      throw failure
    },
    codeFor: () => 'code',
    now: () => NOW,
    ownHosts: new Set(),
  })
  await expect(create(INPUT, signal)).rejects.toBe(failure)
  expect(calls).toBe(1)
})

test('an operation that is repeated gives the link that it made the first time', async () => {
  const stored = new Map<string, Link>()
  const run = createLink({
    insert: async (link) => {
      const present = stored.get(link.code) ?? link
      stored.set(link.code, present)
      return present.version === link.version ? present : 'taken'
    },
    codeFor,
    now: () => Date.now(),
    ownHosts: new Set(),
  })
  const first = await run(INPUT, signal)
  expect(await run(INPUT, signal)).toEqual(first)
  expect(stored.size).toBe(1)
  expect(await run({ ...INPUT, operationId: 'operation-2' }, signal)).not.toEqual(first)
})
