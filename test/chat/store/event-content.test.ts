import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import { memberChanged, roomCreated } from '../../../functions/chat/events.ts'
import { chatEventContent } from '../../../functions/chat/store/event-content.ts'
import { toEventItem } from '../../../functions/chat/store/event-item.ts'
import { CAUSE } from '../cause.ts'
import { anEvent } from '../room-events.ts'

const ID = { tenant: 'acme', room: 'room-1' }

function itemOf(event: RoomEvent, publish: string) {
  return toEventItem(ID, event, { cause: CAUSE, operationId: 'operation-1', publish })
}

test('a new room is published with its kind, its creator and its first members', () => {
  const event = { ...anEvent(1, { type: 'room', kind: 'group', name: 'Tea', deleted: false }), joined: ['ann'] }
  expect(chatEventContent(itemOf(event, roomCreated.type), roomCreated.type)).toEqual({
    schemaVersion: 1,
    tenant: 'acme',
    subject: 'room-1',
    data: { room: 'room-1', kind: 'group', createdBy: event.user, members: ['ann'] },
  })
})

test('a member who was banned is published as one without a role, with who did it', () => {
  const member = { user: 'bob', role: null, muted: false }
  const event = anEvent(2, { type: 'member', member, banned: true })
  expect(chatEventContent(itemOf(event, memberChanged.type), memberChanged.type).data).toEqual({
    ...{ room: 'room-1', user: 'bob', role: null, muted: false, banned: true },
    changedBy: event.user,
  })
})

test('the sequence of a published event is its number in the room', () => {
  const member = { user: 'bob', role: 'member', muted: false } as const
  const item = itemOf(anEvent(7, { type: 'member', member }), memberChanged.type)
  expect(item.sequence).toEqual({ N: '7' })
})

test('an item that lacks fields, and an unknown type, are refused by name', () => {
  const { member: _, ...item } = itemOf(
    anEvent(2, { type: 'member', member: { user: 'bob', role: null, muted: false } }),
    memberChanged.type,
  )
  expect(() => chatEventContent(item, memberChanged.type)).toThrow('The item lacks fields of chat.member.changed: user')
  expect(() => chatEventContent(item, 'chat.room.painted')).toThrow('No event of the chat is called chat.room.painted')
})
