import { judge } from '../../../functions/chat/domain/commit.ts'
import { type Member, newMember, type Role } from '../../../functions/chat/domain/member.ts'
import type { Records, View } from '../../../functions/chat/domain/records.ts'
import type { Room } from '../../../functions/chat/domain/room.ts'
import { PURGE_AFTER_MS } from '../../../functions/chat/domain/upkeep.ts'
import { createLeaveRoom, decideLeaving } from '../../../functions/chat/pseudonymise/leave-room.ts'
import { CAUSE } from '../cause.ts'
import { aRoom } from '../room-events.ts'

const { signal } = new AbortController()

/** A room in memory, whose members have roles in the order in which they joined. */
function roomWorld(roles: Readonly<Record<string, Role>>, more: Partial<Room> = {}) {
  const members = new Map(
    Object.entries(roles).map(([user, role], index): [string, Member] => [
      user,
      newMember(user, { joined: index + 1, role }),
    ]),
  )
  const owners = Object.values(roles).filter((role) => role === 'owner').length
  const state = { room: aRoom({ members: members.size, owners, ...more }), commits: 0 }
  const hooks: { beforeCommit?: () => void } = {}
  const view: View = {
    get: (key) =>
      (key.record === 'room'
        ? state.room
        : 'user' in key
          ? members.get(key.user)
          : undefined) as Records[typeof key.record],
  } as View
  const leaveRoom = createLeaveRoom({
    async commit(request) {
      hooks.beforeCommit?.()
      state.commits += 1
      const judged = judge(request, view, { now: 0, rate: { perSecond: 1000, burst: 1000 } })
      if (judged.outcome !== 'allowed') return judged
      const { room = {}, writes = [], left = [] } = judged.change
      state.room = { ...state.room, ...room, head: judged.seq }
      for (const write of writes) {
        if (write.key.record !== 'member') continue
        const before = members.get(write.key.user)
        if ('set' in write && before) members.set(write.key.user, { ...before, ...(write.set as Partial<Member>) })
      }
      for (const user of left) members.delete(user)
      return { outcome: 'committed', seq: judged.seq, at: 0, dup: false }
    },
    async readMembers({ after }) {
      const all = [...members.values()].sort((a, b) => (a.user < b.user ? -1 : 1))
      const [next] = all.filter(({ user }) => after === undefined || user > after)
      const isLast = next?.user === all.at(-1)?.user
      return { members: next ? [next] : [], ...(next && !isLast && { next: next.user }) }
    },
  })
  return {
    state,
    members,
    hooks,
    leave: (user: string) => leaveRoom({ tenant: 'acme', room: 'room-1', user, cause: CAUSE }, signal),
    owners: () => [...members.values()].filter(({ role }) => role === 'owner').map(({ user }) => user),
  }
}

/** @proves chat/an-owner-stays */
test('a room without an owner gets its oldest admin as one', async () => {
  const world = roomWorld({ mia: 'owner', zoe: 'member', yan: 'admin', abe: 'admin' })
  await world.leave('mia')
  expect(world.owners()).toEqual(['yan'])
  expect(world.state.room).toMatchObject({ members: 3, owners: 1, deletedAt: null })
})

test('a room without an owner and an admin gets its oldest member as the owner', async () => {
  const world = roomWorld({ mia: 'owner', zoe: 'member', abe: 'member' })
  await world.leave('mia')
  expect(world.owners()).toEqual(['zoe'])
})

test('a room with another owner keeps it, and nobody is made one', async () => {
  const world = roomWorld({ mia: 'owner', abe: 'admin', zoe: 'owner' })
  await world.leave('mia')
  expect(world.owners()).toEqual(['zoe'])
  expect(world.state).toMatchObject({ commits: 1, room: { owners: 1 } })
})

test('the room of the last member is deleted', async () => {
  const world = roomWorld({ mia: 'owner' })
  await world.leave('mia')
  expect(world.state.room).toMatchObject({ members: 0, owners: 0, deletedAt: 0, lastMessage: null })
})

test('a room that is deleted with its last member is purged like any other', () => {
  const mia = newMember('mia', { joined: 1, role: 'owner' })
  const situation = { room: aRoom({ members: 1 }), actor: mia, now: 5, at: 5, seq: 2, view: { get: () => undefined } }
  expect(decideLeaving(situation)).toMatchObject({
    content: { type: 'room', deleted: true },
    writes: expect.arrayContaining([{ key: { record: 'upkeep' }, put: { dueAt: 5 + PURGE_AFTER_MS } }]),
  })
})

test('a direct room can be left', async () => {
  const world = roomWorld({ ann: 'member', mia: 'member' }, { kind: 'direct', pair: ['ann', 'mia'] })
  await world.leave('mia')
  expect([...world.members.keys()]).toEqual(['ann'])
  expect(world.state.room).toMatchObject({ members: 1, deletedAt: null })
})

test('leaving again changes nothing', async () => {
  const world = roomWorld({ mia: 'owner', abe: 'admin' })
  await world.leave('mia')
  const { head } = world.state.room
  await world.leave('mia')
  expect(world.state.room.head).toBe(head)
})

/** @proves chat/an-owner-stays */
test('when the heir leaves at the same moment, the next one is found', async () => {
  const world = roomWorld({ mia: 'owner', yan: 'admin', zoe: 'member' })
  world.hooks.beforeCommit = () => {
    if (world.state.commits !== 1) return
    world.members.delete('yan')
    world.state.room = { ...world.state.room, members: 2 }
  }
  await world.leave('mia')
  expect(world.owners()).toEqual(['zoe'])
})

test('a room that never comes to rest fails the step, so that it comes again', async () => {
  const leaveRoom = createLeaveRoom({
    commit: async () => ({ outcome: 'contended', retryAfterMs: 1 }),
    readMembers: async () => ({ members: [] }),
  })
  const leaving = leaveRoom({ tenant: 'acme', room: 'room-1', user: 'mia', cause: CAUSE }, signal)
  await expect(leaving).rejects.toMatchObject({ code: 'conflict', retryable: true })
})
