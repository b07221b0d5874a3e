import { type GetLinkDeps, getLink } from '../../functions/url-shortener/get-link.ts'
import { aLink } from './a-link.ts'

const SELECTOR = { tenant: 'acme', code: 'abc' }
const LINK = aLink()
const { signal } = new AbortController()

type Stored = Awaited<ReturnType<GetLinkDeps['read']>>

test('a tenant gets its link', async () => {
  expect(await getLink({ read: async () => LINK })(SELECTOR, signal)).toBe(LINK)
})

test.each<[string, Stored]>([
  ['a code that was never given out', undefined],
  ['a link of another tenant', aLink({ tenant: 'other' })],
  ['a link of a tenant with a longer name', aLink({ tenant: 'acme2' })],
  ['a link of a tenant in other letters', aLink({ tenant: 'ACME' })],
  ['a deleted link', { code: 'abc', deletedAt: '2026-03-13T08:00:00.000Z' }],
  ['a deleted link that still has its fields', Object.assign({ deletedAt: '2026-03-13T08:00:00.000Z' }, LINK)],
])('%s is not there', async (_, stored) => {
  expect(await getLink({ read: async () => stored })(SELECTOR, signal)).toBeUndefined()
})

test('the read is consistent, so that a change is seen at once, and gets the signal', async () => {
  const asked: unknown[][] = []
  const get = getLink({
    read: async (...args) => {
      asked.push(args)
      return LINK
    },
  })
  await get(SELECTOR, signal)
  expect(asked).toEqual([['abc', { consistent: true, signal }]])
})

test('a store that fails is no missing link', async () => {
  const failure = new Error('down')
  const get = getLink({
    read: async () => {
      throw failure
    },
  })
  await expect(get(SELECTOR, signal)).rejects.toBe(failure)
})
