import {
  type ChangeLinkDeps,
  changeLink,
  type LinkChange,
  type LinkChanges,
} from '../../functions/url-shortener/change-link.ts'
import { aLink, CAUSE } from './a-link.ts'

const NOW = Date.UTC(2026, 2, 13, 8)
const SELECTOR = { tenant: 'acme', code: 'abc', ifMatch: 'version-1' }
const LINK = aLink()
const { signal } = new AbortController()

type Answer = Awaited<ReturnType<ChangeLinkDeps['change']>>

/** The use case over a store that answers `answer`. */
function changer(answer: Answer = LINK) {
  const asked: { selector: unknown; change: LinkChange; signal: AbortSignal }[] = []
  let versions = 1
  const run = changeLink({
    change: async (selector, change, storeSignal) => {
      asked.push({ selector, change, signal: storeSignal })
      return answer
    },
    newVersion: () => {
      versions += 1
      return `version-${versions}`
    },
    now: () => NOW,
    ownHosts: new Set(['go.example']),
  })
  const change = (changes: LinkChanges) => run({ selector: SELECTOR, changes, cause: CAUSE }, signal)
  return { change, asked }
}

test.each<[LinkChanges, LinkChange['fields']]>([
  [{}, {}],
  [{ url: 'https://Example.com/a b' }, { url: 'https://example.com/a%20b' }],
  [{ title: 'New' }, { title: 'New' }],
  [{ title: '' }, { title: '' }],
  [{ title: null }, { title: null }],
  [{ tags: ['a', 'b'] }, { tags: ['a', 'b'] }],
  [{ tags: [] }, { tags: [] }],
  [{ tags: null }, { tags: [] }],
  [{ url: undefined, title: undefined, tags: undefined }, {}],
  [
    { url: 'https://example.com', title: 'New', tags: null },
    { url: 'https://example.com/', title: 'New', tags: [] },
  ],
])('%j writes %j, and no other field', async (changes, fields) => {
  const { change, asked } = changer()
  await change(changes)
  expect(asked).toHaveLength(1)
  expect(asked[0]?.change).toStrictEqual({
    fields,
    updatedAt: '2026-03-13T08:00:00.000Z',
    version: 'version-2',
    cause: CAUSE,
  })
})

test('the link as it is stored now is the result', async () => {
  const link = aLink({ title: 'New', version: 'version-2' })
  expect(await changer(link).change({ title: 'New' })).toEqual({ outcome: 'changed', link })
})

test('every change is a version of its own', async () => {
  const { change, asked } = changer()
  await change({ title: 'one' })
  await change({ title: 'one' })
  expect(asked.map((call) => call.change.version)).toEqual(['version-2', 'version-3'])
})

test('tenant, code and asked version reach the store, and so does the signal', async () => {
  const { change, asked } = changer()
  await change({ title: 'New' })
  expect(asked).toMatchObject([{ selector: SELECTOR }])
  expect(asked[0]?.signal).toBe(signal)
})

test.each(['not-found', 'stale'] as const)('a link that is %s is told so', async (outcome) => {
  expect(await changer(outcome).change({ title: 'New' })).toEqual({ outcome })
})

test.each([
  '',
  'not a url',
  'http://127.0.0.1/',
  'https://go.example/abc',
  'https://user:word@example.com/',
])('the url %j is invalid, and nothing is written, not even the title', async (url) => {
  const { change, asked } = changer()
  expect(await change({ url, title: 'New' })).toEqual({ outcome: 'invalid-url', reason: expect.any(String) })
  expect(asked).toEqual([])
})

test('a store that fails fails the change, and is not asked again here', async () => {
  const failure = new Error('down')
  let calls = 0
  const change = changeLink({
    change: async () => {
      calls += 1
      throw failure
    },
    newVersion: () => 'version-2',
    now: () => NOW,
    ownHosts: new Set(),
  })
  await expect(change({ selector: SELECTOR, changes: {}, cause: CAUSE }, signal)).rejects.toBe(failure)
  expect(calls).toBe(1)
})
