import fc from 'fast-check'
import { isClick, slotOf, toChunks } from '../../../functions/url-shortener/clicks/chunks.ts'
import { aClick, CLICKED_AT } from './a-click.ts'

const anyClick = fc
  .record({ id: fc.nat(300), link: fc.nat(200), seconds: fc.nat(400) })
  .map(({ id, link, seconds }) =>
    aClick(id, { code: `link-${link}`, tenant: `tenant-${link % 7}`, at: CLICKED_AT + 1000 * seconds }),
  )
const anyMessage = fc.oneof(anyClick, fc.constant({ due: { code: 'link-1', tenant: 'tenant-1' } }))

test('every message is in one chunk, and each chunk fits into a transaction', () => {
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 600 }), (messages) => {
      const chunks = toChunks(messages)
      expect(new Set(chunks.flatMap((chunk) => chunk.messages))).toEqual(new Set(messages))
      expect(chunks.flatMap((chunk) => chunk.messages)).toHaveLength(messages.length)
      for (const { slots, days, codes } of chunks) {
        expect(slots.length + days.length + 2 * codes.length).toBeLessThanOrEqual(100)
        expect(slots.length).toBeLessThanOrEqual(20)
      }
    }),
  )
})

test('a click of a chunk has its slot in it', () => {
  fc.assert(
    fc.property(fc.array(anyClick, { maxLength: 300 }), (clicks) => {
      for (const { slots, messages } of toChunks(clicks)) {
        for (const message of messages) expect(isClick(message) && slots.includes(slotOf(message))).toBe(true)
      }
    }),
  )
})

test('a batch of one busy link is one chunk', () => {
  const clicks = Array.from({ length: 5000 }, (_, index) => aClick(index, { at: CLICKED_AT + index }))
  expect(toChunks(clicks).map(({ messages, codes }) => [messages.length, codes])).toEqual([[5000, ['abc']]])
})
