import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { randomCode } from '../../../functions/shared/ids/random-code.ts'
import { CODE_LENGTH, codeFor, isCode, RESERVED_CODES } from '../../../functions/url-shortener/domain/code.ts'

test.each(['abc', 'A-Z_09', '---', 'a'.repeat(64)])('%s can be a code', (code) => {
  expect(isCode(code)).toBe(true)
})

test.each([
  '',
  'ab',
  'a'.repeat(65),
  'a b',
  'a.b',
  'abc+',
  'abc/',
  'äbc',
  'abc\n',
  '../x',
  '.well-known',
])('%j can’t be a code', (code) => {
  expect(isCode(code)).toBe(false)
})

test('a code consists of base62 characters, hyphens and underscores', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 3, maxLength: 64, unit: 'binary' }), (text) => {
      expect(isCode(text)).toBe([...text].every((letter) => /[A-Za-z0-9_-]/.test(letter)) && text.length <= 64)
    }),
  )
})

test('a generated code has 7 characters, can be a code, and is never reserved', () => {
  for (let round = 0; round < 100; round++) {
    const code = randomCode(CODE_LENGTH, randomBytes)
    expect(code).toMatch(/^[0-9A-Za-z]{7}$/)
    expect(isCode(code)).toBe(true)
  }
  const generated = [...RESERVED_CODES].filter((word) => new RegExp(`^[0-9A-Za-z]{${CODE_LENGTH}}$`).test(word))
  expect(generated).toEqual([])
})

test('a code is the same for the same operation and attempt, and different for any other', () => {
  const given = new Map<string, string>()
  fc.assert(
    fc.property(fc.base64String({ minLength: 1 }), fc.integer({ min: 1, max: 5 }), (operationId, attempt) => {
      const code = codeFor(operationId, attempt)
      const name = JSON.stringify([operationId, attempt])
      expect(code).toMatch(/^[0-9A-Za-z]{7}$/)
      expect(codeFor(operationId, attempt)).toBe(code)
      expect(given.get(code) ?? name).toBe(name)
      given.set(code, name)
    }),
    { numRuns: 500 },
  )
})

test('paths that crawlers and browsers request by themselves are reserved', () => {
  expect([...RESERVED_CODES]).toEqual(expect.arrayContaining(['robots.txt', 'favicon.ico', 'health', '.well-known']))
})
