import { newMember } from '../../../functions/chat/domain/member.ts'
import { listMembers } from '../../../functions/chat/members/list-members.ts'
import { aRoom } from '../room-events.ts'

const { signal } = new AbortController()
const member = newMember('ann', { joined: 1 })

function list(members: number, isMember = true) {
  const use = listMembers({
    read: async () => (isMember ? { room: aRoom({ members }), member } : undefined),
    readMembers: async () => ({ members: [member], next: 'ann' }),
    readOnline: async (_, users) => new Set(users),
  })
  return use({ tenant: 'acme', room: 'room-1', user: 'ann', after: undefined, limit: 1 }, signal)
}

test('a room of up to 100 members tells who is online', async () => {
  expect(await list(100)).toEqual({ members: [member], next: 'ann', online: new Set(['ann']) })
})

test('a larger room doesn’t', async () => {
  expect(await list(101)).toEqual({ members: [member], next: 'ann' })
})

test('a user who is no member gets nothing', async () => {
  expect(await list(2, false)).toBeUndefined()
})
