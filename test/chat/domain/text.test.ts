import fc from 'fast-check'
import { hasControls, isTooLarge, toEmoji } from '../../../functions/chat/domain/text.ts'

test('a body may have 4,096 bytes of UTF-8, whatever its characters', () => {
  expect(isTooLarge('x'.repeat(4096))).toBe(false)
  expect(isTooLarge('x'.repeat(4097))).toBe(true)
  expect(isTooLarge('😀'.repeat(1024))).toBe(false)
  expect(isTooLarge(`${'😀'.repeat(1024)}x`)).toBe(true)
})

test('tab and newline are the only control characters of a text', () => {
  expect(hasControls('a\tb\nc é 😀 \u2028')).toBe(false)
  for (const control of ['\0', '\r', '\u001b', '\u007f', '\u0085', '\u009f'])
    expect(hasControls(`a${control}`)).toBe(true)
})

test.each([
  '👍',
  '👍🏽',
  '❤️',
  '👁️‍🗨️',
  '🏳️‍🌈',
  '👩‍❤️‍💋‍👩',
  '1️⃣',
  '🇩🇪',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '☺️',
  '🫱🏻‍🫲🏿',
  '🧑‍🧑‍🧒‍🧒',
])('%s is one emoji, with and without any of its variation selectors', (emoji) => {
  expect(toEmoji(emoji)).toBe(emoji)
  const characters = [...emoji]
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: characters.length, maxLength: characters.length }), (kept) => {
      const spelled = characters.filter((character, index) => character !== '\uFE0F' || kept[index]).join('')
      expect(toEmoji(spelled)).toBe(emoji)
    }),
  )
})

test.each([
  '',
  ' ',
  'a',
  '1',
  '#',
  '👍👍',
  '👍 ',
  '❤️\uFE0E',
  '🇩',
  '\u200d',
  '\uFE0F',
  'x'.repeat(30_000),
  '1234567890',
])('%j is not one emoji', (text) => {
  expect(toEmoji(text)).toBeUndefined()
})
