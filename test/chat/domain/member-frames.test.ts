import fc from 'fast-check'
import { createMemberFrames } from '../../../functions/chat/domain/member-frames.ts'
import { aMembership, aMessage, anEvent, aRoom } from '../room-events.ts'

const USERS = ['ann', 'bob', 'cleo']
const content = fc.oneof(
  fc.constant(aMessage()),
  fc.tuple(fc.constantFrom(...USERS), fc.constantFrom('member' as const, null)).map((args) => aMembership(...args)),
  fc.integer({ min: 1, max: 10 }).map((target) => ({ type: 'edit', target, body: 'New' }) as const),
)
const log = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.tuple(content, fc.constantFrom(...USERS)), { maxLength: 12 }))
  .map(([first, parts]) =>
    parts.map(([each, user], index) => anEvent(first + index, each, { user, cid: `cid-${user}` })),
  )
const reader = fc.record({
  user: fc.constantFrom(...USERS, 'dan', 'eve'),
  joined: fc.integer({ min: 1, max: 15 }),
  after: fc.integer({ min: 0, max: 15 }),
})
const room = fc.record({
  history: fc.constantFrom('all' as const, 'since-join' as const),
  floor: fc.integer({ min: 1, max: 10 }),
})

test('frames that are written once for many members are those that each would get alone', () => {
  fc.assert(
    fc.property(room, log, fc.array(reader, { maxLength: 30 }), (options, events, readers) => {
      const shared = createMemberFrames(aRoom(options), events, 2000)
      for (const each of readers) {
        expect(shared(each)).toEqual(createMemberFrames(aRoom(options), events, 2000)(each))
      }
    }),
  )
})

test('nobody gets what is below the floor, nor the text of what was said there', () => {
  fc.assert(
    fc.property(room, log, reader, (options, events, each) => {
      const floor = Math.max(options.floor, options.history === 'since-join' ? each.joined : 1)
      const frames = createMemberFrames(aRoom(options), events, 2000)(each).frames.map((frame) => JSON.parse(frame))
      for (const { seq, target, body } of frames.flatMap((frame) => frame.events ?? [])) {
        expect(seq).toBeGreaterThanOrEqual(floor)
        if (target < floor) expect(body).toBeUndefined()
      }
    }),
  )
})

test('two members of whom only one may see the edited message get different frames', () => {
  const edit = { type: 'edit', target: 5, body: 'New' } as const
  const framesOf = createMemberFrames(aRoom({ history: 'since-join' }), [anEvent(9, edit)], 2000)
  const bodyOf = (joined: number) =>
    JSON.parse(framesOf({ user: 'bob', joined, after: joined - 1 }).frames[0] ?? '').events[0].body
  expect([bodyOf(4), bodyOf(7)]).toEqual(['New', undefined])
})

test('the id of a commit goes to its author alone', () => {
  const framesOf = createMemberFrames(aRoom(), [anEvent(2, aMessage(), { user: 'ann', cid: 'one' })], 2000)
  const cidOf = (user: string) => JSON.parse(framesOf({ user, joined: 1, after: 0 }).frames[0] ?? '').events[0].cid
  expect([cidOf('ann'), cidOf('bob')]).toEqual(['one', undefined])
})

test('the frame of a removal is the last one', () => {
  const framesOf = createMemberFrames(aRoom(), [anEvent(2, aMessage()), anEvent(3, aMembership('bob', null))], 2000)
  const { frames, isRemoved } = framesOf({ user: 'bob', joined: 1, after: 0 })
  expect(frames.map((frame) => JSON.parse(frame))).toMatchObject([
    { t: 'events', events: [{ seq: 2 }] },
    { t: 'removed', room: 'room-1', seq: 3 },
  ])
  expect(isRemoved).toBe(true)
})
