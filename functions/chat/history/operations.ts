import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { roomParameter } from '../fields.ts'
import { roomNotFound } from '../problems.ts'
import {
  attachmentAnswer,
  deleteEvent,
  editEvent,
  eventAnswer,
  eventPage,
  eventsQuery,
  memberEvent,
  memberState,
  messageAnswer,
  messageEvent,
  messagePage,
  messagesQuery,
  reactionEvent,
  roomEvent,
  threadQuery,
} from './schema.ts'

const cid = 'The id that the client gave; only its author sees it, for 24 hours.'
const erased = 'The message was deleted, so that its text is gone.'

export const historySchemas: Record<string, NamedSchema> = {
  MessagePage: {
    schema: messagePage,
    description: 'A part of a list of messages, which ascend by `seq`.',
    fields: { nextCursor: 'The `cursor` of the next page in the same direction; `null` on the last.' },
  },
  Message: {
    schema: messageAnswer,
    description: 'A message as it is now.',
    fields: {
      seq: 'The number of the event that sent it.',
      body: 'The text; `null` once the message is deleted.',
      threadRoot: 'The message to which it replies.',
      reactions: 'How many users reacted with each emoji.',
      mine: 'The emoji with which the caller reacted.',
    },
  },
  Attachment: {
    schema: attachmentAnswer,
    description: 'A file of a message. `GET /v1/attachments/{id}` has its content.',
    fields: { type: 'The content type.', size: 'In bytes.' },
  },
  EventPage: {
    schema: eventPage,
    description: 'A part of the log of a room, which ascends by `seq` without a gap.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
  Event: { schema: eventAnswer, description: 'An event of a room, as frames have it.' },
  MessageEvent: { schema: messageEvent, description: 'A message was sent.', fields: { cid, erased } },
  EditEvent: {
    schema: editEvent,
    description: 'The text of a message was changed.',
    fields: { cid, erased: 'The text is gone.', body: 'Missing, too, where the caller may not see the message.' },
  },
  DeleteEvent: { schema: deleteEvent, description: 'A message was deleted.', fields: { cid } },
  ReactionEvent: {
    schema: reactionEvent,
    description: 'A user reacted to a message, or took a reaction back.',
    fields: { cid, emoji: 'Missing where the caller may not see the message.', remove: 'True if it was taken back.' },
  },
  MemberEvent: {
    schema: memberEvent,
    description: 'A user joined, left, or has another role.',
    fields: { cid },
  },
  MemberState: {
    schema: memberState,
    description: 'A member after an event.',
    fields: { role: '`null` after leaving or being removed.' },
  },
  RoomEvent: { schema: roomEvent, description: 'The room was created, changed or deleted.', fields: { cid } },
}

const ts = '2026-03-12T19:04:58.005Z'
const message = {
  seq: 42,
  ts,
  user: 'ann',
  body: 'Tea at four?',
  attachments: [{ id: 'Qm9hdHMgYW5k.4rT0fG7hJ2kL', name: 'Tea list.pdf', type: 'application/pdf', size: 51_200 }],
  mentions: ['bob'],
  reactions: { '👍': 2 },
  mine: ['👍'],
}
const event = {
  seq: 42,
  ts,
  user: 'ann',
  type: 'message',
  body: 'Tea at four?',
  attachments: [],
  mentions: ['bob'],
}

export const historyOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/rooms/{id}/messages',
    id: 'listMessages',
    tag: 'Messages',
    summary: 'List messages',
    description:
      'Messages as they are now, with replies, and with tombstones of those that were deleted: the newest, or those next to a number.',
    params: roomParameter,
    scope: 'chat',
    query: messagesQuery,
    queryFields: {
      before: { description: 'Only messages before this number, the newest of them first to come.' },
      after: { description: 'Only messages after this number, the oldest of them first to come.', example: '41' },
    },
    responses: {
      200: { description: 'A page of messages.', body: messagePage, example: { items: [message], nextCursor: null } },
      404: roomNotFound,
    },
  },
  {
    routeKey: 'GET /v1/rooms/{id}/events',
    id: 'listEvents',
    tag: 'Messages',
    summary: 'List events',
    description: 'The log of a room, oldest first. A deleted text is gone from it, too.',
    params: roomParameter,
    scope: 'chat',
    query: eventsQuery,
    queryFields: { after: { description: 'Only events after this number.', example: '41' } },
    responses: {
      200: { description: 'A page of events.', body: eventPage, example: { items: [event], nextCursor: null } },
      404: roomNotFound,
    },
  },
  {
    routeKey: 'GET /v1/rooms/{id}/threads/{seq}',
    id: 'listThread',
    tag: 'Messages',
    summary: 'List a thread',
    description: 'The message that began it and its replies, oldest first.',
    params: {
      ...roomParameter,
      seq: {
        name: 'ThreadRoot',
        pattern: '^[1-9][0-9]{0,14}$',
        description: 'The number of the message that began the thread.',
        example: '42',
      },
    },
    scope: 'chat',
    query: threadQuery,
    responses: {
      200: { description: 'A page of messages.', body: messagePage, example: { items: [message], nextCursor: null } },
      404: {
        ...roomNotFound,
        name: 'ThreadNotFound',
        description: 'The caller is not a member of this room, or no thread begins with this number.',
        codes: ['not-member', 'not-found'],
      },
    },
  },
]
