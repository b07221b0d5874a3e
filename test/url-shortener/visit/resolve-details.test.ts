import type { LinkDetails } from '../../../functions/url-shortener/domain/link.ts'
import { resolveDetails } from '../../../functions/url-shortener/visit/resolve-link.ts'

const { signal } = new AbortController()

test('a changed link gets its new details at once, and an unchanged one costs no read for five minutes', async () => {
  const table = { time: 0, details: { expiredUrl: null, rules: [], passwordHash: null } as LinkDetails, reads: 0 }
  const resolve = resolveDetails({
    read: async () => {
      table.reads += 1
      return table.details
    },
    now: () => table.time,
    random: () => 0,
  })
  const before = await resolve({ code: 'abc', version: 'version-1' }, signal)
  table.details = { ...table.details, expiredUrl: 'https://example.org/' }
  expect(await resolve({ code: 'abc', version: 'version-2' }, signal)).toBe(table.details)
  table.time = 299_999
  expect(await resolve({ code: 'abc', version: 'version-1' }, signal)).toBe(before)
  expect(table.reads).toBe(2)
  table.time = 300_000
  await resolve({ code: 'abc', version: 'version-2' }, signal)
  expect(table.reads).toBe(3)
})
