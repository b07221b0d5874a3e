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
      'A user joined a room, left it, was removed or banned, was muted or unmuted, or has another role. `role` is `null` for a user who is no longer a member.',
    example: { room: ROOM, user: 'bob', role: 'admin', muted: false, banned: false, changedBy: 'ann' },
  },
  'chat.message.missed': {
    description:
      'Members without a live connection missed a message that concerns them: in a direct room, by a mention, or by their notify level. It comes at once for those who had no connection, and a minute later for those whose connection sent no `ping` since. An event has up to 99 recipients; a message that more missed has several. A member is in one event a room in 60 seconds. It has no text: a message that is deleted must be gone everywhere.',
    example: {
      room: ROOM,
      kind: 'group',
      name: 'Tea',
      seq: 42,
      sentAt: '2026-03-12T19:03:58.005Z',
      author: 'ann',
      recipients: ['bob'],
    },
  },
}

export const eventsDescription: EventsDescription = {
  title: 'Events of the chat',
  description:
    'Events of rooms and their members: the `detail` of events on the bus of the stack. The subject is the id of a room, and the sequence is the number of the event in the room. Missed messages have a subject of their own for each list of recipients, `<room>/<seq>/<part>`.',
  definitions: eventDefinitions,
  texts,
  subject: ROOM,
  schemas: {},
}
