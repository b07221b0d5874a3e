import fc from 'fast-check'
import { deliver, joinsOf } from '../../../functions/chat/domain/delivery.ts'
import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import { aMembership, aMessage, anEvent } from '../room-events.ts'

const USERS = ['ann', 'bob']
const content = fc.oneof(
  { weight: 4, arbitrary: fc.constant(aMessage()) },
  fc.tuple(fc.constantFrom(...USERS), fc.constantFrom('member' as const, null)).map((args) => aMembership(...args)),
)
const log = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.array(content, { maxLength: 20 }))
  .map(([first, contents]) => contents.map((each, index) => anEvent(first + index, each)))

const reader = fc.record({
  user: fc.constantFrom(...USERS),
  joined: fc.integer({ min: 1, max: 20 }),
  after: fc.integer({ min: 0, max: 20 }),
})

test('a member gets every event after its last one, up to its removal, and none from there on', () => {
  fc.assert(
    fc.property(log, reader, (events, { user, joined, after }) => {
      const delivery = deliver(events, { user, joined, after })
      const isRemoval = ({ type, ...event }: RoomEvent) =>
        type === 'member' && 'member' in event && event.member.user === user && event.member.role === null
      const removal = events.find((event) => isRemoval(event) && event.seq >= joined)
      const expected = events.filter(({ seq }) => seq > after && (!removal || seq < removal.seq))
      expect(delivery).toEqual({ events: expected, removedAt: removal?.seq ?? null })
    }),
  )
})

test('a removal is noticed even if all events are known', () => {
  const events = [anEvent(5, aMembership('bob', null)), anEvent(6, aMessage())]
  expect(deliver(events, { user: 'bob', joined: 1, after: 9 })).toEqual({ events: [], removedAt: 5 })
})

test('a removal before the last join is over', () => {
  const events = [
    anEvent(5, aMembership('bob', null)),
    anEvent(6, aMembership('bob', 'member')),
    anEvent(7, aMessage()),
  ]
  expect(deliver(events, { user: 'bob', joined: 6, after: 5 })).toEqual({ events: events.slice(1), removedAt: null })
})

test('the deletion of a room ends it for everybody', () => {
  const events = [anEvent(5, aMessage()), anEvent(6, { type: 'room', kind: 'group', name: 'Tea', deleted: true })]
  expect(deliver(events, { user: 'bob', joined: 1, after: 0 })).toEqual({ events: events.slice(0, 1), removedAt: 6 })
})

test('a rename ends nothing', () => {
  const events = [anEvent(5, { type: 'room', kind: 'group', name: 'Tea', deleted: false })]
  expect(deliver(events, { user: 'bob', joined: 1, after: 0 })).toEqual({ events, removedAt: null })
})

test('a user who joins twice in a run joined by the later event', () => {
  const events = [anEvent(5, aMessage(), { joined: ['bob', 'cleo'] }), anEvent(7, aMessage(), { joined: ['bob'] })]
  expect([...joinsOf(events)]).toEqual([
    ['bob', 7],
    ['cleo', 5],
  ])
})
