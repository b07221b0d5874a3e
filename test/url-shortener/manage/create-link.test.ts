import { AppError } from '../../../functions/shared/errors.ts'
import { codeFor } from '../../../functions/url-shortener/domain/code.ts'
import type { LinkState } from '../../../functions/url-shortener/domain/link.ts'
import {
  type CreateLinkInput,
  createLink,
  MAX_CODE_ATTEMPTS,
  type NewLink,
} from '../../../functions/url-shortener/manage/create-link.ts'
import { aState, CAUSE } from '../a-link.ts'

const NOW = Date.UTC(2026, 2, 12, 19, 3, 58, 5)
const INPUT = {
  tenant: 'acme',
  createdBy: 'user-1',
  fields: { url: 'https://example.com' },
  operationId: 'operation-1',
  cause: CAUSE,
}
const hashPassword = async (password: string) => `hash of ${password}`
const { signal } = new AbortController()

/** Creates the use case over a store in memory in which the codes `taken` exist. Its random codes count up. */
function shortener({ taken = [] as string[], now = () => NOW } = {}) {
  const stored = new Map<string, LinkState | undefined>(taken.map((code) => [code, undefined]))
  const tried: NewLink[] = []
  const run = createLink({
    insert: async (made) => {
      const { state, cause } = made
      expect(cause).toBe(CAUSE)
      tried.push(made)
      if (stored.has(state.link.code)) return 'taken'
      stored.set(state.link.code, state)
      return { outcome: 'created', state }
    },
    hashPassword,
    codeFor: (_, attempt) => `code-${attempt}`,
    now,
    ownHosts: new Set(['go.example']),
  })
  const create = (input: CreateLinkInput) => run(input, signal)
  return { create, stored, tried }
}

test('a link gets a new code, the caller’s tenant and the serialised url', async () => {
  const { create, stored } = shortener()
  const state = aState({ code: 'code-1', version: 'operation-1' })
  expect(await create(INPUT)).toEqual({ outcome: 'created', state })
  expect([...stored.values()]).toEqual([state])
})

test('an alias is the code', async () => {
  const { create, stored } = shortener()
  expect(await create({ ...INPUT, alias: 'mine' })).toMatchObject({
    outcome: 'created',
    state: { link: { code: 'mine' } },
  })
  expect([...stored.keys()]).toEqual(['mine'])
})

test('a code that was used before is not reused, and another one is tried', async () => {
  const { create, tried } = shortener({ taken: ['code-1', 'code-2'] })
  expect(await create(INPUT)).toMatchObject({ outcome: 'created', state: { link: { code: 'code-3' } } })
  expect(tried.map(({ state }) => state.link.code)).toEqual(['code-1', 'code-2', 'code-3'])
})

test('all attempts of a creation have the same version and time', async () => {
  let time = NOW
  const { create, tried } = shortener({
    taken: ['code-1', 'code-2'],
    now: () => {
      time += 1000
      return time
    },
  })
  await create(INPUT)
  const links = tried.map(({ state }) => state.link)
  const [first] = links
  expect(first?.updatedAt).toBe(first?.createdAt)
  for (const link of links) expect({ ...link, code: '' }).toEqual({ ...first, code: '' })
})

test('the fifth code may still succeed', async () => {
  const { create } = shortener({ taken: ['code-1', 'code-2', 'code-3', 'code-4'] })
  expect(await create(INPUT)).toMatchObject({ outcome: 'created', state: { link: { code: 'code-5' } } })
})

test('after five taken codes in a row it gives up, and the client may retry', async () => {
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
  const errors = [{ path: 'url', message: expect.any(String) }]
  expect(await create({ ...INPUT, fields: { url } })).toEqual({ outcome: 'invalid-url', errors })
  expect(await create({ ...INPUT, fields: { url }, alias: 'mine' })).toMatchObject({ outcome: 'invalid-url' })
  expect(tried).toEqual([])
})

test('a failure of the store is not retried', async () => {
  const failure = new AppError('dependency-failed', 'Storing a link failed', { retryable: true })
  let calls = 0
  const create = createLink({
    insert: async () => {
      calls += 1
      throw failure
    },
    hashPassword,
    codeFor: () => 'code',
    now: () => NOW,
    ownHosts: new Set(),
  })
  await expect(create(INPUT, signal)).rejects.toBe(failure)
  expect(calls).toBe(1)
})

test('a repeated operation returns the link that it created the first time', async () => {
  const stored = new Map<string, LinkState>()
  const run = createLink({
    insert: async ({ state }) => {
      const present = stored.get(state.link.code) ?? state
      stored.set(state.link.code, present)
      return present.link.version === state.link.version ? { outcome: 'created', state: present } : 'taken'
    },
    hashPassword,
    codeFor,
    now: () => Date.now(),
    ownHosts: new Set(),
  })
  const first = await run(INPUT, signal)
  expect(await run(INPUT, signal)).toEqual(first)
  expect(stored.size).toBe(1)
  expect(await run({ ...INPUT, operationId: 'operation-2' }, signal)).not.toEqual(first)
})

test('every field is stored, with serialised targets and only the hash of the password', async () => {
  const { create, tried } = shortener()
  const rules = [{ if: { device: 'ios' as const }, url: 'https://Apps.example' }]
  const limits = { startsAt: '2026-04-01T00:00:00.000Z', expiresAt: '2026-05-01T00:00:00.000Z', maxClicks: 9 }
  const shown = { title: 'A title', tags: ['one'], redirect: 301 as const, cacheSeconds: 60, forwardQuery: true }
  const fields = {
    url: 'https://example.com',
    ...limits,
    ...shown,
    expiredUrl: 'https://e.example',
    password: 'secret',
    rules,
  }
  const state = aState(
    {
      ...{ code: 'code-1', version: 'operation-1', ...limits, ...shown },
      ...{ hasCounter: true, hasRules: true, hasExpiredUrl: true, passwordId: 'operation-1' },
    },
    {
      expiredUrl: 'https://e.example/',
      rules: [{ if: { device: 'ios' }, url: 'https://apps.example/' }],
      passwordHash: 'hash of secret',
    },
  )
  expect(await create({ ...INPUT, fields })).toEqual({ outcome: 'created', state })
  expect([...(tried[0]?.changed ?? [])].sort()).toEqual(Object.keys(fields).sort())
  expect(JSON.stringify(tried).replace('hash of secret', '')).not.toContain('secret')
})

test('a null field counts as omitted', async () => {
  const { create } = shortener()
  const nothing = { title: null, tags: null, redirect: null, cacheSeconds: null, startsAt: null, expiresAt: null }
  const nothingElse = { expiredUrl: null, maxClicks: null, password: null, forwardQuery: null, rules: null }
  const state = aState({ code: 'code-1', version: 'operation-1' })
  expect(await create({ ...INPUT, fields: { ...INPUT.fields, ...nothing, ...nothingElse } })).toEqual({
    outcome: 'created',
    state,
  })
})

test.each([
  ['before it starts', '2026-04-01T00:00:00.000Z', '2026-03-31T00:00:00.000Z'],
  ['as it starts', '2026-04-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
])('a link that ends %s is refused, and nothing is stored', async (_, startsAt, expiresAt) => {
  const { create, tried } = shortener()
  const fields = { ...INPUT.fields, startsAt, expiresAt }
  expect(await create({ ...INPUT, fields })).toEqual({ outcome: 'ends-too-early' })
  expect(tried).toEqual([])
})

test('a link may have expired before it is created', async () => {
  const fields = { ...INPUT.fields, expiresAt: '2020-01-01T00:00:00.000Z' }
  expect(await shortener().create({ ...INPUT, fields })).toMatchObject({ outcome: 'created' })
})

test.each<[string, Partial<CreateLinkInput>, NewLink['sharing']]>([
  ['a plain link is offered for reuse', {}, 'offer'],
  ['one with a title and tags is, too', { fields: { ...INPUT.fields, title: 'A title', tags: ['one'] } }, 'offer'],
  ['one with reuse is searched for', { reuse: true }, 'reuse'],
  ['one with an alias is not', { alias: 'mine', reuse: true }, 'none'],
  ['one with a cap is not', { fields: { ...INPUT.fields, maxClicks: 1 }, reuse: true }, 'none'],
  ['one with a password is not', { fields: { ...INPUT.fields, password: 'x' }, reuse: true }, 'none'],
  ['one with an end is not', { fields: { ...INPUT.fields, expiresAt: '2027-01-01T00:00:00.000Z' } }, 'none'],
  ['one with a start is not', { fields: { ...INPUT.fields, startsAt: '2025-01-01T00:00:00.000Z' } }, 'none'],
  ['one with another redirect is not', { fields: { ...INPUT.fields, redirect: 307 }, reuse: true }, 'none'],
  ['one that is cached is not', { fields: { ...INPUT.fields, cacheSeconds: 1 } }, 'none'],
  ['one with a target for its end is not', { fields: { ...INPUT.fields, expiredUrl: 'https://e.example' } }, 'none'],
  ['one that forwards the query is not', { fields: { ...INPUT.fields, forwardQuery: true } }, 'none'],
  [
    'one with rules is not',
    { fields: { ...INPUT.fields, rules: [{ if: { country: 'DE' }, url: 'https://r.example' }] }, reuse: true },
    'none',
  ],
])('%s', async (_, input, sharing) => {
  const { create, tried } = shortener()
  await create({ ...INPUT, ...input })
  expect(tried[0]?.sharing).toBe(sharing)
})
