import { resolveLink } from '../../functions/url-shortener/resolve-link.ts'
import { aLink } from './a-link.ts'

const LINK = aLink()
const { signal } = new AbortController()

/** Resolves over a table whose eventually consistent reads may lag behind. */
function resolver({ behind = false } = {}) {
  const reads: string[] = []
  const resolve = resolveLink({
    read: async (code, { consistent }) => {
      reads.push(`${code} ${consistent ? 'consistent' : 'eventual'}`)
      return code === LINK.code && (consistent || !behind) ? LINK : undefined
    },
  })
  return { resolve: (code: string) => resolve(code, signal), reads }
}

test('a hit is one eventually consistent read, which costs half a unit', async () => {
  const { resolve, reads } = resolver()
  expect(await resolve('abc')).toEqual(LINK)
  expect(reads).toEqual(['abc eventual'])
})

test('a link that was just made is found by the second, consistent read', async () => {
  const { resolve, reads } = resolver({ behind: true })
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

test('a table that does not answer is no missing link', async () => {
  const failure = new Error('down')
  const resolve = resolveLink({ read: () => Promise.reject(failure) })
  await expect(resolve('abc', signal)).rejects.toBe(failure)
})
