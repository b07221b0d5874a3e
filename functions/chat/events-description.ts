import type { EventsDescription, EventText } from '../shared/events/events-description.ts'
import { eventDefinitions } from './events.ts'

const ROOM = '01JP5W6E9ZQ8'

const texts: Record<(typeof eventDefinitions)[number]['type'], EventText> = {
  'chat.room.created': {
    description: 'A room was created, with its first members. Later ones follow as `chat.member.changed`.',
    example: { room: ROOM, kind: 'group', createdBy: 'ann', members: ['ann'] },
  },
  'chat.member.changed': {
    description:
      'A user joined a room, left it, was removed or banned, was muted or unmuted, or has another role. `role` is `null` for a user who is no member any more.',
    example: { room: ROOM, user: 'bob', role: 'admin', muted: false, banned: false, changedBy: 'ann' },
  },
}

export const eventsDescription: EventsDescription = {
  title: 'Events of the chat',
  description:
    'What becomes of rooms and their members: the `detail` of events on the bus of the stack. The subject is the id of a room, and the sequence is the number of the event in the room.',
  definitions: eventDefinitions,
  texts,
  subject: ROOM,
  schemas: {},
}
