import fc from 'fast-check'
import { smsSegments } from '../../../functions/notification/domain/sms-segments.ts'

test.each([
  ['nothing', '', 1],
  ['160 letters', 'a'.repeat(160), 1],
  ['161 letters', 'a'.repeat(161), 2],
  ['306 letters, two full parts', 'a'.repeat(306), 2],
  ['307 letters', 'a'.repeat(307), 3],
  ['80 euro signs, two septets each', '€'.repeat(80), 1],
  ['81 euro signs', '€'.repeat(81), 2],
  // 152 letters leave one septet, in which no escape sequence begins: the second part has 2 + 152, one too many.
  ['an escape sequence at the end of a part', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
  ['the same without a split', `${'a'.repeat(151)}€${'a'.repeat(153)}`, 2],
  ['70 Cyrillic letters', 'ж'.repeat(70), 1],
  ['71 Cyrillic letters', 'ж'.repeat(71), 2],
  ['35 emoji, two units each', '😀'.repeat(35), 1],
  ['67 emoji, of which a part holds 33', '😀'.repeat(67), 3],
  ['one letter that makes all of it UTF-16', `${'a'.repeat(70)}ж`, 2],
  ['umlauts and Greek capitals of the alphabet', 'ÄÖÜäöüßàΔΦ'.repeat(16), 1],
  ['a letter that only looks as if it were in the alphabet', `${'a'.repeat(70)}ê`, 2],
  ['the backtick, which is not in the alphabet', `${'a'.repeat(70)}\``, 2],
])('%s', (_, text, segments) => {
  expect(smsSegments(text)).toBe(segments)
})

test('a text has no fewer segments than its units need, and wastes less than one unit a segment', () => {
  const character = fc.constantFrom('a', '€', '[', '\n', 'ä')
  fc.assert(
    fc.property(fc.array(character, { maxLength: 2000 }), (characters) => {
      const septets = characters.reduce((sum, each) => sum + (each === '€' || each === '[' ? 2 : 1), 0)
      const segments = smsSegments(characters.join(''))
      if (septets <= 160) return expect(segments).toBe(1)
      expect(segments).toBeGreaterThanOrEqual(Math.ceil(septets / 153))
      expect(segments).toBeLessThanOrEqual(Math.ceil(septets / 152))
    }),
  )
})
