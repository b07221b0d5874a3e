import { newMember, type Role } from '../../../functions/chat/domain/member.ts'
import { decideDeletion, decideRoomChange, type RoomChanges } from '../../../functions/chat/rooms/change-room.ts'
import { aRoom, aSituation, NOW } from '../situation.ts'

const by = (role: Role, room = aRoom()) => aSituation({ actor: newMember('ann', { role, joined: 2 }), room })
const change = (changes: RoomChanges, conditions = {}) => decideRoomChange({ changes, conditions, version: 'v2' })
const refused = (code: string) => expect.objectContaining({ outcome: 'refused', code })
const CHANGE = expect.objectContaining({ outcome: 'change' })
const DIRECT = aRoom({ kind: 'direct', name: null, pair: ['ann', 'bob'], owners: 0 })

test.each<[Role, RoomChanges, unknown]>([
  ['owner', { name: 'Coffee' }, CHANGE],
  ['admin', { name: 'Coffee' }, CHANGE],
  ['member', { name: 'Coffee' }, refused('forbidden')],
  ['member', {}, refused('forbidden')],
  ['owner', { retentionDays: 30 }, CHANGE],
  ['admin', { retentionDays: 30 }, refused('forbidden')],
  ['admin', { name: 'Coffee', retentionDays: null }, refused('forbidden')],
])('%s who asks for %j', (role, changes, expected) => {
  expect(change(changes)(by(role))).toEqual(expected)
})

test('a change is an event with the new name, and another version', () => {
  expect(change({ name: 'Coffee' })(by('admin'))).toEqual({
    outcome: 'change',
    content: { type: 'room', kind: 'group', name: 'Coffee', deleted: false },
    room: { name: 'Coffee', retentionDays: null, version: 'v2' },
  })
})

test('a limit of days is lifted by null', () => {
  const room = aRoom({ retentionDays: 30 })
  expect(change({ retentionDays: null })(by('owner', room))).toMatchObject({ room: { retentionDays: null } })
})

test.each<[RoomChanges]>([
  [{}],
  [{ name: 'Tea' }],
  [{ name: 'Tea', retentionDays: null }],
])('%j changes nothing', (changes) => {
  expect(change(changes)(by('owner'))).toMatchObject({ outcome: 'unchanged', seq: 7 })
})

test('a stale version is refused, for a change that changes nothing too', () => {
  const stale = { ifMatch: ['v0'] }
  expect(change({ name: 'Coffee' }, stale)(by('owner'))).toEqual(refused('precondition-failed'))
  expect(change({}, stale)(by('owner'))).toEqual(refused('precondition-failed'))
  expect(decideDeletion(stale)(by('owner'))).toEqual(refused('precondition-failed'))
  expect(change({ name: 'Coffee' }, { ifMatch: ['v1'] })(by('owner'))).toEqual(CHANGE)
})

test.each<[Role, unknown]>([
  ['owner', CHANGE],
  ['admin', refused('forbidden')],
  ['member', refused('forbidden')],
])('%s who deletes the room', (role, expected) => {
  expect(decideDeletion({})(by(role))).toEqual(expected)
})

test('a deletion is an event, after which no message is left to show', () => {
  expect(decideDeletion({})(by('owner'))).toEqual({
    outcome: 'change',
    content: { type: 'room', kind: 'group', name: 'Tea', deleted: true },
    room: { deletedAt: NOW, lastMessage: null },
    // The rest is removed a day later.
    writes: [{ key: { record: 'upkeep' }, put: { dueAt: NOW + 86_400_000 } }],
  })
})

test('a direct room can’t be renamed or deleted, nor lose its messages', () => {
  for (const decide of [change({ name: 'Us' }), change({ retentionDays: 1 }), change({}), decideDeletion({})]) {
    expect(decide(by('member', DIRECT))).toEqual(refused('forbidden'))
  }
})
