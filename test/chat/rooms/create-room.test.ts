import { newMember } from '../../../functions/chat/domain/member.ts'
import type { Membership } from '../../../functions/chat/domain/room.ts'
import {
  type CreateRoomInput,
  createRoom,
  type NewRoom,
  type StoreRoomOutcome,
} from '../../../functions/chat/rooms/create-room.ts'
import { CAUSE } from '../cause.ts'
import { aRoom, NOW } from '../situation.ts'

const { signal } = new AbortController()
const GROUP = { kind: 'group', name: 'Tea', history: 'all' } as const
const DIRECT = { kind: 'direct', with: 'ann' } as const

/** Creates a room in a store that answers this, with a room that may be there already. */
async function creating(asked: CreateRoomInput['asked'], outcome: StoreRoomOutcome['outcome'], there?: Membership) {
  const stored: NewRoom[] = []
  const create = createRoom({
    async store(room) {
      stored.push(room)
      return { outcome }
    },
    read: async () => there,
    directRoomId: (tenant, pair) => `${tenant}-${pair.join('-')}`,
    now: () => NOW,
  })
  const result = await create({ tenant: 'acme', user: 'bob', asked, operationId: 'op-1', cause: CAUSE }, signal)
  return { result, stored: stored[0] }
}

const there = (version: string): Membership => ({
  room: aRoom({ id: 'op-1', version }),
  member: newMember('bob', { joined: 1 }),
})

test('a group has the id of its operation, so that a repeat finds it', async () => {
  const { result, stored } = await creating(GROUP, 'created')
  expect(stored).toMatchObject({
    id: { tenant: 'acme', room: 'op-1' },
    room: { id: 'op-1', version: 'op-1', owners: 1 },
  })
  expect(result).toMatchObject({ outcome: 'created', membership: { member: { user: 'bob', role: 'owner' } } })
})

test('a direct room has the id of its pair in order, and two plain members', async () => {
  const { result, stored } = await creating(DIRECT, 'created')
  expect(stored).toMatchObject({
    room: { id: 'acme-ann-bob', pair: ['ann', 'bob'], owners: 0 },
    members: [
      { user: 'ann', role: 'member' },
      { user: 'bob', role: 'member' },
    ],
    event: { joined: ['ann', 'bob'] },
  })
  expect(result).toMatchObject({ outcome: 'created', membership: { member: { user: 'bob' } } })
})

test('what an earlier attempt of the operation created counts as created', async () => {
  expect((await creating(GROUP, 'exists', there('op-1'))).result).toMatchObject({ outcome: 'created' })
  expect((await creating(DIRECT, 'exists', there('op-1'))).result).toMatchObject({ outcome: 'created' })
  expect((await creating(DIRECT, 'exists', there('op-0'))).result).toMatchObject({ outcome: 'exists' })
})

test('a room of an earlier attempt that the user has left is gone', async () => {
  expect((await creating(GROUP, 'exists')).result).toEqual({ outcome: 'gone' })
})
