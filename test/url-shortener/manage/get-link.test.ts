import { type GetLinkDeps, getLink } from '../../../functions/url-shortener/manage/get-link.ts'
import { aLink, aState } from '../a-link.ts'

const SELECTOR = { tenant: 'acme', code: 'abc' }
const LINK = aLink()
const { signal } = new AbortController()

/** Details and counters that have no effect. */
const readStates: GetLinkDeps['readStates'] = async (links) => links.map((link) => ({ ...aState(), link, clicks: 7 }))

type Stored = Awaited<ReturnType<GetLinkDeps['read']>>

test('a tenant gets its link, with details and clicks', async () => {
  expect(await getLink({ read: async () => LINK, readStates })(SELECTOR, signal)).toEqual(aState({}, { clicks: 7 }))
})

test.each<[string, Stored]>([
  ['a code that was never used', undefined],
  ['a link of another tenant', aLink({ tenant: 'other' })],
  ['a link of a tenant with a longer name', aLink({ tenant: 'acme2' })],
  ['a link of a tenant whose name differs in case', aLink({ tenant: 'ACME' })],
  ['a deleted link', { code: 'abc', deletedAt: '2026-03-13T08:00:00.000Z' }],
  ['a deleted link that still has its fields', Object.assign({ deletedAt: '2026-03-13T08:00:00.000Z' }, LINK)],
])('%s is not found', async (_, stored) => {
  expect(await getLink({ read: async () => stored, readStates })(SELECTOR, signal)).toBeUndefined()
})

test('both reads are consistent, so that a change is visible at once, and get the signal', async () => {
  const asked: unknown[][] = []
  const get = getLink({
    read: async (...args) => {
      asked.push(args)
      return LINK
    },
    readStates: async (...args) => {
      asked.push(args)
      return [aState()]
    },
  })
  await get(SELECTOR, signal)
  const options = { consistent: true, signal }
  expect(asked).toEqual([
    ['abc', options],
    [[LINK], options],
  ])
})

test('a failure of the store does not count as a missing link', async () => {
  const failure = new Error('down')
  const get = getLink({
    read: async () => {
      throw failure
    },
    readStates,
  })
  await expect(get(SELECTOR, signal)).rejects.toBe(failure)
})
