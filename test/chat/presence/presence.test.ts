import { newMember } from '../../../functions/chat/domain/member.ts'
import type { MarkReadOutcome } from '../../../functions/chat/domain/read-marker.ts'
import type { Room } from '../../../functions/chat/domain/room.ts'
import type { Post } from '../../../functions/chat/post-frames.ts'
import { presenceActions } from '../../../functions/chat/presence/actions.ts'
import { createAskToReconnect } from '../../../functions/chat/presence/ask-to-reconnect.ts'
import { createPing } from '../../../functions/chat/presence/ping.ts'
import { createPostToAll } from '../../../functions/chat/presence/post-to-all.ts'
import { createRead } from '../../../functions/chat/presence/read.ts'
import { createTyping } from '../../../functions/chat/presence/typing.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { CONNECTION, socketContext } from '../../support/socket-events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { aRoom } from '../room-events.ts'

interface World {
  room?: Partial<Room>
  isMember?: boolean
  marked?: MarkReadOutcome
  /** Outcomes of posts, by connection. */
  outcomes?: Record<string, 'gone' | Error>
}

/** Ann's connection `own` and her phone; Bob and Ann watch the room. */
function presenceWorld({ room = {}, isMember = true, marked, outcomes = {} }: World = {}) {
  const clock = fakeClock()
  const { telemetry, lines } = recordedTelemetry()
  const sent: [string, unknown][] = []
  const removed: string[] = []
  let typedAt = Number.NEGATIVE_INFINITY
  const membership = { room: aRoom({ head: 7, ...room }), member: newMember('ann', { joined: 1 }) }
  const state = { room: membership.room, member: isMember ? membership.member : undefined, departure: undefined }
  const connectionOf = (connectionId: string) => ({ tenant: 'acme', user: 'ann', connectionId, connectedAt: 0 })
  const post: Post = async (connectionId, frame) => {
    const outcome = outcomes[connectionId]
    if (outcome instanceof Error) throw outcome
    if (outcome) return outcome
    sent.push([connectionId, JSON.parse(frame)])
    return 'sent'
  }
  const postToAll = createPostToAll({
    post,
    async removeWatcher(_, connectionId) {
      removed.push(connectionId)
    },
    logger: telemetry.logger,
  })
  const parts = {
    postToAll,
    now: clock.now,
    readMembership: async () => (isMember ? membership : undefined),
    listWatchers: async () => [
      { connectionId: 'bob-1', user: 'bob' },
      { connectionId: 'own', user: 'ann' },
    ],
    listConnections: async () => [connectionOf('own'), connectionOf('phone')],
  }
  const seen: number[] = []
  const actions = presenceActions({
    ping: createPing({
      askToReconnect: createAskToReconnect({ ...parts, post, random: () => 0.5, logger: telemetry.logger }),
      now: clock.now,
      async touch(_, seenAt) {
        seen.push(seenAt)
        return { ...connectionOf('own'), seenAt, watched: ['room-1', 'room-2'] }
      },
      readRoomStates: async (_, rooms) =>
        new Map(rooms.map((id) => [id, id === 'room-1' ? state : { ...state, member: undefined }])),
    }),
    read: createRead({ ...parts, markRead: async () => marked ?? { outcome: 'read', seq: 5, moved: true } }),
    typing: createTyping({
      ...parts,
      async takeTyping({ now, everyMs }) {
        if (typedAt > now - everyMs) return false
        typedAt = now
        return true
      },
    }),
    setWatched: async (_, rooms) => (rooms.includes('strange') ? 'not-member' : 'watched'),
  })
  const run = (action: keyof typeof actions, fields: Record<string, unknown> = {}) =>
    actions[action]({ id: 'a', action, fields }, socketContext({ ...CONNECTION, connectionId: 'own', user: 'ann' }))
  return { run, sent, removed, seen, lines, clock }
}

test('a ping keeps the connection alive, and answers the heads of watched rooms of which the user is a member', async () => {
  const { run, seen, clock } = presenceWorld()
  expect(await run('ping')).toEqual({ ok: true, heads: { 'room-1': 7 } })
  expect(seen).toEqual([clock.now()])
})

test('a connection that is about to end is asked for another one with each ping, from its 115th minute on', async () => {
  const { run, sent, clock } = presenceWorld()
  clock.set(CONNECTION.connectedAt + 115 * 60_000 - 1)
  await run('ping')
  expect(sent).toEqual([])
  clock.set(clock.now() + 1)
  await run('ping')
  expect(sent).toEqual([['own', { t: 'reconnect', afterMs: 30_000 }]])
})

test('a ping succeeds where the client can’t be asked', async () => {
  const { run, clock } = presenceWorld({ outcomes: { own: new Error('unreachable') } })
  clock.set(CONNECTION.connectedAt + 115 * 60_000)
  expect(await run('ping')).toEqual({ ok: true, heads: { 'room-1': 7 } })
})

test('a deleted room has no head', async () => {
  expect(await presenceWorld({ room: { deletedAt: 1 } }).run('ping')).toEqual({ ok: true, heads: {} })
})

test('typing is sent to the others who watch the room', async () => {
  const { run, sent } = presenceWorld()
  expect(await run('typing', { room: 'room-1' })).toEqual({ ok: true })
  expect(sent).toEqual([['bob-1', { t: 'typing', room: 'room-1', user: 'ann' }]])
})

test('typing is sent once in 3 seconds', async () => {
  const { run, sent, clock } = presenceWorld()
  await run('typing', { room: 'room-1' })
  clock.set(clock.now() + 2999)
  expect(await run('typing', { room: 'room-1' })).toEqual({ ok: true })
  expect(sent).toHaveLength(1)
  clock.set(clock.now() + 1)
  await run('typing', { room: 'room-1' })
  expect(sent).toHaveLength(2)
})

test('nothing is sent in a room of more than 100 members, but read markers to the user’s own devices', async () => {
  const { run, sent } = presenceWorld({ room: { members: 101 } })
  expect(await run('typing', { room: 'room-1' })).toEqual({ ok: true })
  expect(await run('read', { room: 'room-1', seq: 5 })).toEqual({ ok: true, seq: 5 })
  expect(sent.map(([connectionId]) => connectionId)).toEqual(['own', 'phone'])
})

test('a read marker is sent to those who watch and to the user’s own devices, once each', async () => {
  const { run, sent } = presenceWorld()
  expect(await run('read', { room: 'room-1', seq: 9 })).toEqual({ ok: true, seq: 5 })
  const frame = { t: 'read', room: 'room-1', user: 'ann', seq: 5 }
  expect(sent).toEqual([
    ['own', frame],
    ['phone', frame],
    ['bob-1', frame],
  ])
})

test('a read marker that stays where it was is sent to nobody', async () => {
  const { run, sent } = presenceWorld({ marked: { outcome: 'read', seq: 6, moved: false } })
  expect(await run('read', { room: 'room-1', seq: 5 })).toEqual({ ok: true, seq: 6 })
  expect(sent).toEqual([])
})

test.each([
  ['typing', { room: 'room-1' }, { isMember: false }],
  ['read', { room: 'room-1', seq: 5 }, { marked: { outcome: 'not-member' } as const }],
  ['watch', { rooms: ['room-1', 'strange'] }, {}],
] as const)('%s in a room of which the user is no member is refused', async (action, fields, world) => {
  const { run, sent } = presenceWorld(world)
  expect(await run(action, fields)).toMatchObject({ ok: false, code: 'NOT_MEMBER' })
  expect(sent).toEqual([])
})

test('a watcher that is gone is forgotten, and one that fails keeps nothing from the others', async () => {
  const { run, sent, removed, lines } = presenceWorld({ outcomes: { own: new Error('broken'), 'bob-1': 'gone' } })
  expect(await run('read', { room: 'room-1', seq: 5 })).toMatchObject({ ok: true })
  expect(sent.map(([connectionId]) => connectionId)).toEqual(['phone'])
  expect(removed).toEqual(['bob-1'])
  expect(lines).toMatchObject([{ message: 'frame not sent', connection_id: 'own' }])
})

test('a device of the user that is not open yet is not forgotten as a watcher: it may just have become one', async () => {
  const { run, removed } = presenceWorld({ outcomes: { phone: 'gone' } })
  expect(await run('read', { room: 'room-1', seq: 5 })).toMatchObject({ ok: true })
  expect(removed).toEqual([])
})

test.each([
  ['watch', { rooms: Array.from({ length: 21 }, (_, index) => `r${index}`) }],
  ['watch', { rooms: ['a#b'] }],
  ['read', { room: 'room-1', seq: -1 }],
  ['typing', {}],
  ['ping', { other: 1 }],
] as const)('the fields of %s are checked: %j', async (action, fields) => {
  expect(await presenceWorld().run(action, fields)).toMatchObject({ ok: false, code: 'INVALID' })
})
