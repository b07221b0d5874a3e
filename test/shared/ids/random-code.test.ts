import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { randomCode } from '../../../functions/shared/ids/random-code.ts'

test('a code has the asked length and only base62 characters', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), (length) => {
      expect(randomCode(length, randomBytes)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`))
    }),
  )
})

test('bytes that would favour some letters are thrown away', () => {
  // 248 to 255 are beyond the largest multiple of 62 in a byte.
  const chunks = [[248, 255, 61], [250, 0], [62]]
  const code = randomCode(3, () => Uint8Array.from(chunks.shift() ?? []))
  expect(code).toBe('z00')
})
