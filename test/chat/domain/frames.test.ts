import fc from 'fast-check'
import type { EventView } from '../../../functions/chat/domain/event-view.ts'
import { eventFrames, removedFrame } from '../../../functions/chat/domain/frames.ts'
import { MAX_FRAME_BYTES } from '../../../functions/shared/websocket/frame.ts'

const view = (seq: number, body: string): EventView => ({
  type: 'message',
  seq,
  ts: '2026-03-12T19:03:58.000Z',
  user: 'ann',
  body,
  attachments: [],
  mentions: [],
})
const views = fc
  .array(
    fc
      .tuple(fc.constantFrom('a', 'ü', '"', '😀'), fc.integer({ min: 0, max: 4096 }))
      .map(([text, bytes]) => text.repeat(Math.floor(bytes / Buffer.byteLength(text)))),
    { maxLength: 40 },
  )
  .map((bodies) => bodies.map((body, index) => view(index + 1, body)))

test('frames hold all events in their order, none has more bytes than allowed, and none could take the next event', () => {
  fc.assert(
    fc.property(views, (events) => {
      const frames = eventFrames('room-1', events)
      const parsed = frames.map((frame) => JSON.parse(frame))
      expect(parsed.flatMap((frame) => frame.events)).toEqual(events)
      expect(parsed.every(({ t, room }) => t === 'events' && room === 'room-1')).toBe(true)
      for (const [index, frame] of frames.entries()) {
        expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(MAX_FRAME_BYTES)
        const next = parsed[index + 1]?.events[0]
        if (next) {
          expect(Buffer.byteLength(frame) + Buffer.byteLength(JSON.stringify(next)) + 1).toBeGreaterThan(
            MAX_FRAME_BYTES,
          )
        }
      }
    }),
    { numRuns: 50 },
  )
})

test('the limit is exact for many small events, too', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 250, maxLength: 400 }), (lengths) => {
      const events = lengths.map((length, index) => view(index + 1, 'x'.repeat(length)))
      const sizes = eventFrames('room-1', events).map((frame) => Buffer.byteLength(frame))
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_FRAME_BYTES)
    }),
    { numRuns: 50 },
  )
})

test('without events there is no frame', () => {
  expect(eventFrames('room-1', [])).toEqual([])
})

test('the end of a membership is a frame with its number', () => {
  expect(JSON.parse(removedFrame('room-1', 7))).toEqual({ t: 'removed', room: 'room-1', seq: 7 })
})
