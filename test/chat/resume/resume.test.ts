import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import { newMember } from '../../../functions/chat/domain/member.ts'
import type { Room } from '../../../functions/chat/domain/room.ts'
import type { RoomState } from '../../../functions/chat/domain/room-state.ts'
import type { PostFramesOutcome } from '../../../functions/chat/post-frames.ts'
import { resumeAction } from '../../../functions/chat/resume/action.ts'
import { createResume } from '../../../functions/chat/resume/resume.ts'
import { MAX_FRAME_BYTES } from '../../../functions/shared/websocket/frame.ts'
import { socketContext } from '../../support/socket-events.ts'
import { aMembership, aMessage, anEvent, aRoom } from '../room-events.ts'

interface World {
  room?: Partial<Room>
  joined?: number
  events?: RoomEvent[]
  state?: Partial<RoomState>
  pageSize?: number
  outcome?: PostFramesOutcome
  /** The number of rooms that are resumed, all alike. */
  rooms?: number
}

/** Resumes rooms of Ann from `after` on, one if nothing is said, and returns the frames and the ack. */
async function resume(after: number, world: World = {}) {
  const { events = Array.from({ length: 5 }, (_, index) => anEvent(index + 1, aMessage())), pageSize = 100 } = world
  const room = aRoom({ head: events.at(-1)?.seq ?? 0, ...world.room })
  const state = { room, member: newMember('ann', { joined: world.joined ?? 1 }), departure: undefined, ...world.state }
  const ids = Array.from({ length: world.rooms ?? 1 }, (_, index) => `room-${index + 1}`)
  const frames: string[] = []
  const action = resumeAction(
    createResume({
      readRoomStates: async () => new Map(ids.map((id) => [id, state])),
      readEvents: async ({ from, to }) =>
        events
          .filter(({ seq }) => seq >= from && seq <= to)
          .filter(({ seq }, index) => seq === from + index)
          .slice(0, pageSize),
      async postFrames(_, posted) {
        frames.push(...posted)
        return world.outcome ?? 'sent'
      },
      createPace: () => async () => {},
      now: () => 1_000_000,
    }),
  )
  const fields = { rooms: Object.fromEntries(ids.map((id) => [id, after])) }
  const ack = await action({ id: 'a', action: 'resume', fields }, socketContext({ user: 'ann' })).catch(String)
  return { ack, frames, parsed: frames.map((frame) => JSON.parse(frame)) }
}

const numbers = (parsed: { events?: { seq: number }[] }[]) =>
  parsed.flatMap(({ events = [] }) => events.map(({ seq }) => seq))
const limited = (head: number, floor: number) => [{ t: 'resumed', room: 'room-1', head, floor, limited: true }]

test('a room that was left behind gets every event since, and then the frame that says so', async () => {
  const { ack, parsed } = await resume(2)
  expect(numbers(parsed)).toEqual([3, 4, 5])
  expect(parsed.at(-1)).toEqual({ t: 'resumed', room: 'room-1', head: 5 })
  expect(ack).toEqual({ ok: true })
})

test('a room that is up to date only gets the frame that says so', async () => {
  expect((await resume(5)).parsed).toEqual([{ t: 'resumed', room: 'room-1', head: 5 }])
})

test('many events come in frames of the right size, whatever the pages of the log are', async () => {
  const events = Array.from({ length: 40 }, (_, index) => anEvent(index + 1, aMessage('x'.repeat(4000))))
  const { frames, parsed } = await resume(0, { events, pageSize: 15 })
  expect(numbers(parsed)).toEqual(events.map(({ seq }) => seq))
  expect(Math.max(...frames.map((frame) => Buffer.byteLength(frame)))).toBeLessThanOrEqual(MAX_FRAME_BYTES)
  expect(frames.length).toBeLessThan(12)
})

/** @proves chat/no-silent-gap */
test.each<[string, { after: number; world?: World; floor: number }]>([
  ['below the floor of retention', { after: 1, world: { room: { floor: 3 } }, floor: 3 }],
  [
    'below the last join where the past is hidden',
    { after: 2, world: { room: { history: 'since-join' }, joined: 4 }, floor: 4 },
  ],
  ['above the head', { after: 6, floor: 1 }],
  ['more than 1,000 events behind', { after: 999, world: { room: { head: 2000 } }, floor: 1 }],
])('a resume from %s is limited', async (_, { after, world = {}, floor }) => {
  expect((await resume(after, world)).parsed).toEqual(limited(world.room?.head ?? 5, floor))
})

test('a resume from just below the floor is complete', async () => {
  const { parsed } = await resume(2, { room: { floor: 3 } })
  expect(numbers(parsed)).toEqual([3, 4, 5])
  expect(parsed.at(-1)).toEqual({ t: 'resumed', room: 'room-1', head: 5 })
})

/** @proves chat/no-silent-gap */
test('events that retention deletes meanwhile, or that can’t be seen yet, leave no silent gap', async () => {
  const events = [anEvent(4, aMessage()), anEvent(5, aMessage())]
  for (const shown of [events, []]) {
    const { ack, parsed } = await resume(2, { events: shown, room: { head: 5 } })
    expect(ack).toMatch("can't be seen")
    expect(parsed).toEqual([])
  }
})

test.each<[string, Partial<RoomState>, number]>([
  ['the user was removed from', { member: undefined, departure: { seq: 3 } }, 3],
  ['does not exist', { room: undefined, member: undefined }, 0],
  ['the user never was a member of', { member: undefined }, 0],
  ['was deleted', { room: aRoom({ head: 5, deletedAt: 1 }) }, 5],
])('a room that %s answers removed', async (_, state, seq) => {
  const { ack, parsed } = await resume(2, { state })
  expect(parsed).toEqual([{ t: 'removed', room: 'room-1', seq }])
  expect(ack).toEqual({ ok: true })
})

test('a removal between the reads ends the events', async () => {
  const events = [anEvent(1, aMessage()), anEvent(2, aMembership('ann', null)), anEvent(3, aMessage())]
  const { parsed } = await resume(0, { events })
  expect(numbers(parsed)).toEqual([1])
  expect(parsed.at(-1)).toEqual({ t: 'removed', room: 'room-1', seq: 2 })
})

test('a frame that the service can’t send fails the action, and no frame says that the room is complete', async () => {
  const { ack, frames } = await resume(2, { outcome: 'failed' })
  expect(ack).toContain('A frame of a resumed room was not sent')
  expect(frames.join()).not.toContain('resumed')
})

test.each<[string, PostFramesOutcome]>([
  ['was closed meanwhile', 'gone'],
  ['takes no frames', 'behind'],
])('a connection that %s may try again, and is no failure of the service', async (_, outcome) => {
  const { ack, frames } = await resume(2, { outcome })
  expect(ack).toMatchObject({ ok: false, code: 'UNAVAILABLE', retryAfterMs: 1000 })
  expect(frames.join()).not.toContain('resumed')
})

test('a connection that takes no frames is not tried for each of its rooms', async () => {
  const { ack, frames } = await resume(2, { outcome: 'behind', rooms: 50 })
  expect(ack).toMatchObject({ ok: false, code: 'UNAVAILABLE' })
  expect(frames.length).toBeLessThanOrEqual(4)
})

test.each([
  [{}, 'rooms is required'],
  [{ rooms: { 'room-1': -1 } }, 'room-1 must be at least 0'],
  [{ rooms: { 'room-1': 1.5 } }, 'room-1'],
  [{ rooms: { 'a#b': 1 } }, 'a#b'],
  [{ rooms: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`r${index}`, 0])) }, 'at most 50 rooms'],
])('the fields %j are invalid', async (fields, message) => {
  const action = resumeAction(async () => 'sent')
  const ack = await action({ id: 'a', action: 'resume', fields }, socketContext())
  expect(ack).toMatchObject({ ok: false, code: 'INVALID', message: expect.stringContaining(message) })
})
