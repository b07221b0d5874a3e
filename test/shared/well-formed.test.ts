import fc from 'fast-check'
import { excerpt, wellFormedJson } from '../../functions/shared/well-formed.ts'

/** Any code units, also halves of surrogate pairs, and what an escape is made of. */
const text = fc
  .array(
    fc.oneof(fc.constantFrom('\ud83d', '\ude00', '😀', '\\', 'u', 'd', '8', '"', 'é'), fc.string({ maxLength: 1 })),
  )
  .map((parts) => parts.join(''))

test('an excerpt is well-formed, no longer than asked for, and the start of the text as far as that is well-formed', () => {
  fc.assert(
    fc.property(text, fc.nat(40), (whole, maxLength) => {
      const cut = excerpt(whole, maxLength)
      expect(cut.isWellFormed()).toBe(true)
      expect(cut.length).toBeLessThanOrEqual(maxLength)
      expect(whole.toWellFormed().startsWith(cut)).toBe(true)
      expect(cut.length).toBeGreaterThanOrEqual(Math.min(whole.length, maxLength) - 1)
    }),
  )
})

test.each([
  ['a😀b', 2, 'a'],
  ['a😀b', 3, 'a😀'],
  ['a\ud83d', 2, 'a\ufffd'],
  ['😀', 1, ''],
])('%j cut at %i is %j', (whole, maxLength, expected) => {
  expect(excerpt(whole, maxLength)).toBe(expected)
})

test('JSON of any texts, in names and values, is that of the texts made well-formed', () => {
  fc.assert(
    fc.property(text, text, (name, value) => {
      const json = wellFormedJson({ [`x${name}`]: [value, { value }] })
      const expected = { [`x${name.toWellFormed()}`]: [value.toWellFormed(), { value: value.toWellFormed() }] }
      expect(JSON.parse(json)).toEqual(expected)
      expect(json).toBe(JSON.stringify(expected))
    }),
    { numRuns: 1000 },
  )
})

test.each([
  ['{"a":"\\\\ud83d"}', { a: '\\ud83d' }],
  ['{"a":"\\\\\ufffd"}', { a: '\\\ud83d' }],
])('an escaped backslash before what looks like an escape: %s', (json, value) => {
  expect(wellFormedJson(value)).toBe(json)
})
