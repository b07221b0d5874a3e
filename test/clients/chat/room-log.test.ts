import fc from 'fast-check'
import type { RoomEvent } from '../../../clients/chat/src/frames.ts'
import { learnHead, MAX_HELD, merge, openLog, type RoomLog, raiseFloor } from '../../../clients/chat/src/room-log.ts'

const event = (seq: number): RoomEvent => ({ seq, ts: '', user: 'bob', type: 'message', body: String(seq) })
const seqsOf = (events: readonly RoomEvent[]) => events.map(({ seq }) => seq)
const range = (from: number, to: number) =>
  Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => from + index)

/** Any frames: parts of a log in any order, with repeats. */
const frames = fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 10 }), { maxLength: 30 })

function run(start: RoomLog, arrivals: number[][]): { log: RoomLog; delivered: number[] } {
  let log = start
  const delivered: number[] = []
  for (const seqs of arrivals) {
    const merged = merge(log, seqs.map(event))
    delivered.push(...seqsOf(merged.deliver))
    log = merged.log
  }
  return { log, delivered }
}

test('whatever arrives, each event is delivered once, and right after the one before', () => {
  fc.assert(
    fc.property(fc.nat(10), frames, (position, arrivals) => {
      const { log, delivered } = run(openLog(position), arrivals)
      expect(delivered).toEqual(range(position + 1, log.position))
    }),
  )
})

test('all events up to the first that is missing are delivered, and the gap is told exactly', () => {
  fc.assert(
    fc.property(frames, (arrivals) => {
      const { log } = run(openLog(0), arrivals)
      const arrived = new Set(arrivals.flat())
      const firstMissing = range(1, 31).find((seq) => !arrived.has(seq)) ?? 31
      const highest = Math.max(0, ...arrived)
      expect(log.position).toBe(firstMissing - 1)
      const gap = highest > log.position ? { after: log.position, upTo: highest } : undefined
      expect(merge(log, []).gap).toEqual(gap)
    }),
  )
})

test('once what is missing is fetched, nothing is missing, whatever was held', () => {
  fc.assert(
    fc.property(frames, (arrivals) => {
      const before = run(openLog(0), arrivals)
      const missing = range(before.log.position + 1, before.log.head)
      const after = run(before.log, [missing])
      expect([...before.delivered, ...after.delivered]).toEqual(range(1, before.log.head))
      expect(merge(after.log, []).gap).toBeUndefined()
    }),
  )
})

test('a head without events is a gap', () => {
  const { gap } = merge(learnHead(openLog(7), 9), [])
  expect(gap).toEqual({ after: 7, upTo: 9 })
})

test('an older head takes nothing back', () => {
  expect(merge(learnHead(openLog(7), 5), []).gap).toBeUndefined()
})

test('nothing below the floor is missing, and what is held above it is delivered', () => {
  const { log } = merge(openLog(2), [event(3), event(8), event(9), event(12)])
  const raised = raiseFloor(log, 8)
  expect(seqsOf(raised.deliver)).toEqual([8, 9])
  expect(raised.gap).toEqual({ after: 9, upTo: 12 })
})

test('a floor that was passed already changes nothing', () => {
  const { log } = merge(openLog(5), [event(6)])
  expect(raiseFloor(log, 3).log).toEqual(log)
})

test(`at most ${MAX_HELD} events are held above a gap, the lowest, and the head still tells of the others`, () => {
  const { log } = merge(openLog(0), range(2, MAX_HELD + 50).map(event))
  expect(log.held).toHaveLength(MAX_HELD)
  const { log: next, deliver, gap } = merge(log, [event(1)])
  expect(deliver).toHaveLength(MAX_HELD + 1)
  expect(gap).toEqual({ after: next.position, upTo: MAX_HELD + 50 })
})
