import type { GivenFields } from '../../../functions/url-shortener/domain/fields.ts'
import {
  type ChangeLinkDeps,
  changeLink,
  type LinkChange,
} from '../../../functions/url-shortener/manage/change-link.ts'
import { aState, CAUSE } from '../a-link.ts'

const NOW = Date.UTC(2026, 2, 13, 8)
const SELECTOR = { tenant: 'acme', code: 'abc', ifMatch: ['version-1'] }
const STATE = aState()
const { signal } = new AbortController()
const hashPassword = async (password: string) => `hash of ${password}`

type Answer = Awaited<ReturnType<ChangeLinkDeps['change']>>

/** Creates the use case over a store that returns `answer`. */
function changer(answer: Answer = STATE) {
  const asked: { selector: unknown; change: LinkChange; signal: AbortSignal }[] = []
  let versions = 1
  const run = changeLink({
    change: async (selector, change, storeSignal) => {
      asked.push({ selector, change, signal: storeSignal })
      return answer
    },
    newOperationId: () => {
      versions += 1
      return `version-${versions}`
    },
    hashPassword,
    now: () => NOW,
    ownHosts: new Set(['go.example']),
  })
  const change = (fields: GivenFields) => run({ selector: SELECTOR, fields, cause: CAUSE }, signal)
  return { change, asked }
}

test.each<[GivenFields, string[]]>([
  [{}, []],
  [{ title: undefined }, []],
  [{ title: null, password: 'secret' }, ['title', 'password']],
  [{ rules: [], url: 'https://example.com' }, ['url', 'rules']],
])('%j names the fields %j, whatever their values', async (fields, changed) => {
  const { change, asked } = changer()
  await change(fields)
  expect(asked).toHaveLength(1)
  const [{ change: made } = { change: undefined }] = asked
  expect(made).toMatchObject({ updatedAt: '2026-03-13T08:00:00.000Z', operationId: 'version-2', cause: CAUSE })
  expect([...(made?.changed ?? [])].sort()).toEqual([...changed].sort())
  expect(JSON.stringify(made)).not.toContain('secret')
})

test('the change is computed from the stored link', async () => {
  const { change, asked } = changer()
  await change({ title: 'New', password: 'secret' })
  const found = aState({ url: 'https://found.example/', tags: ['kept'] })
  expect(asked[0]?.change.revise(found)).toEqual(
    aState(
      {
        ...found.link,
        title: 'New',
        passwordId: 'version-2',
        version: 'version-2',
        updatedAt: '2026-03-13T08:00:00.000Z',
      },
      { passwordHash: 'hash of secret' },
    ),
  )
})

test('a link that already has the values stays unchanged, compared in their stored form', async () => {
  const { change, asked } = changer()
  await change({})
  await change({ url: 'HTTPS://Example.com', title: null, tags: null, redirect: 302, maxClicks: null, password: null })
  await change({ url: 'https://example.com/other' })
  await change({ password: 'secret' })
  const found = aState({ url: 'https://example.com/' })
  const revised = asked.map(({ change: { revise } }) => revise(found))
  expect(revised).toEqual(['unchanged', 'unchanged', expect.any(Object), expect.any(Object)])
})

test('the result is the link as it is stored now', async () => {
  const state = aState({ title: 'New', version: 'version-2' })
  expect(await changer(state).change({ title: 'New' })).toEqual({ outcome: 'changed', state })
})

test('every change is an operation of its own', async () => {
  const { change, asked } = changer()
  await change({ title: 'one' })
  await change({ title: 'one' })
  expect(asked.map((call) => call.change.operationId)).toEqual(['version-2', 'version-3'])
})

test('tenant, code, requested version and signal reach the store', async () => {
  const { change, asked } = changer()
  await change({ title: 'New' })
  expect(asked).toMatchObject([{ selector: SELECTOR }])
  expect(asked[0]?.signal).toBe(signal)
})

test.each(['not-found', 'stale', 'ends-too-early'] as const)('a link that is %s has that outcome', async (outcome) => {
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
  const errors = [{ path: 'url', message: expect.any(String) }]
  expect(await change({ url, title: 'New' })).toEqual({ outcome: 'invalid-url', errors })
  expect(asked).toEqual([])
})

test('a failure of the store fails the change, without a retry', async () => {
  const failure = new Error('down')
  let calls = 0
  const change = changeLink({
    change: async () => {
      calls += 1
      throw failure
    },
    newOperationId: () => 'version-2',
    hashPassword,
    now: () => NOW,
    ownHosts: new Set(),
  })
  await expect(change({ selector: SELECTOR, fields: {}, cause: CAUSE }, signal)).rejects.toBe(failure)
  expect(calls).toBe(1)
})
