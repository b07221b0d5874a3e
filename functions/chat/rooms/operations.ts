import type * as z from 'zod/mini'
import type { ApiAnswer, ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { roomParameter, SCOPE } from '../fields.ts'
import { changeRefusals, roomNotFound } from '../problems.ts'
import {
  lastMessageAnswer,
  listRoomsQuery,
  newDirectRoomBody,
  newGroupBody,
  newRoomBody,
  roomAnswer,
  roomChangesBody,
  roomPage,
} from './schema.ts'

export const roomSchemas: Record<string, NamedSchema> = {
  NewRoom: { schema: newRoomBody, description: 'A room to create.' },
  NewGroup: {
    schema: newGroupBody,
    description: 'A group, of which the caller becomes the owner.',
    fields: { history: '`since-join`: members see only what comes after they joined.' },
  },
  NewDirectRoom: {
    schema: newDirectRoomBody,
    description: 'The one room of the caller and another user.',
    fields: { with: 'The other user.' },
  },
  RoomChanges: {
    schema: roomChangesBody,
    description: 'Changes of a group. A field that is left out stays as it is.',
    fields: { retentionDays: 'For how many days messages live; without a limit if `null`. Only owners set it.' },
  },
  Room: {
    schema: roomAnswer,
    description: 'A room as the caller sees it.',
    fields: {
      name: 'The name of a group; `null` for a direct room.',
      with: 'The other user of a direct room.',
      activeAt: 'The time of the newest event.',
      members: 'How many members the room has.',
      role: 'The caller’s own.',
      muted: 'True if the caller can’t send messages.',
      notify: 'Of which messages the caller hears without a live connection.',
      head: 'The number of the newest event.',
      floor: 'The lowest number of an event that the caller may see.',
      read: 'The number up to which the caller has read.',
      unread: 'Messages of others that the caller hasn’t read; 100 means more than 99.',
      mentions: 'Those of them that mention the caller, or all.',
      lastMessage: 'The newest message, unless the caller may not see it.',
    },
  },
  LastMessage: {
    schema: lastMessageAnswer,
    description: 'The newest message of a room.',
    fields: { body: 'The text; `null` once the message is deleted.' },
  },
  RoomPage: {
    schema: roomPage,
    description: 'A part of the list of rooms.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
}

const room: z.output<typeof roomAnswer> = {
  id: 'Qm9hdHMgYW5k',
  kind: 'group',
  name: 'Tea',
  with: null,
  history: 'all',
  retentionDays: null,
  createdAt: '2026-03-12T19:03:58.005Z',
  activeAt: '2026-03-12T19:04:58.005Z',
  members: 3,
  role: 'owner',
  muted: false,
  notify: 'mentions',
  head: 42,
  floor: 1,
  read: 41,
  unread: 1,
  mentions: 0,
  lastMessage: { seq: 42, ts: '2026-03-12T19:04:58.005Z', user: 'bob', body: 'Tea at four?' },
}
const isNew = { activeAt: room.createdAt, members: 1, head: 1, read: 1, unread: 0, lastMessage: null }

const answer = (description: string, example: object = room): ApiAnswer => ({
  description,
  body: roomAnswer,
  example,
  headers: ['ETag'],
})
const one = { tag: 'Rooms', params: roomParameter, scope: SCOPE, conditional: true }

export const roomOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/rooms',
    id: 'createRoom',
    tag: 'Rooms',
    summary: 'Create a room',
    description:
      'A group, or the direct room of the caller and another user: a pair has one, in whichever order it is asked for. A user can be a member of 1,000 rooms.',
    scope: SCOPE,
    body: newRoomBody,
    example: { kind: 'group', name: 'Tea' },
    idempotent: true,
    responses: {
      200: {
        ...answer('The direct room of the pair, which was there.'),
        example: {
          ...room,
          id: 'd-9Xb3kQ2mTzR7vL0pWc5eYn',
          kind: 'direct',
          name: null,
          with: 'bob',
          role: 'member',
          members: 2,
        },
        headers: ['ETag', 'Location'],
      },
      201: { ...answer('The new room.', { ...room, ...isNew }), headers: ['ETag', 'Location'] },
      403: { description: 'The claim `sub` can’t be the name of a user.', codes: ['forbidden'] },
      404: {
        description: 'An earlier attempt with this key created the room, and the caller left or deleted it since.',
        codes: ['not-member'],
      },
      409: {
        description: 'The caller, or the other user, is a member of 1,000 rooms.',
        codes: ['limit-reached'],
      },
    },
  },
  {
    routeKey: 'GET /v1/rooms',
    id: 'listRooms',
    tag: 'Rooms',
    summary: 'List the rooms of the caller, the last active first',
    description:
      'A room that becomes active meanwhile moves to the front: start again until a page has no newer `head`.',
    scope: SCOPE,
    query: listRoomsQuery,
    responses: {
      200: { description: 'A page of rooms.', body: roomPage, example: { items: [room], nextCursor: null } },
    },
  },
  {
    ...one,
    routeKey: 'GET /v1/rooms/{id}',
    id: 'getRoom',
    summary: 'Get a room',
    description: 'The ETag changes with name and retentionDays alone, not with events and unread messages.',
    responses: { 200: answer('The room.'), 404: roomNotFound },
  },
  {
    ...one,
    routeKey: 'PATCH /v1/rooms/{id}',
    id: 'changeRoom',
    summary: 'Rename a group, or say for how long its messages live',
    description:
      'Owners and admins may rename it, and only owners may set retentionDays. A change that changes nothing keeps the ETag.',
    body: roomChangesBody,
    example: { name: 'Coffee' },
    responses: { 200: answer('The changed room.', { ...room, name: 'Coffee' }), ...changeRefusals() },
  },
  {
    ...one,
    routeKey: 'DELETE /v1/rooms/{id}',
    id: 'deleteRoom',
    summary: 'Delete a group',
    description: 'It is deleted for all its members. Only owners may do this.',
    responses: { 204: { description: 'The room is deleted.' }, ...changeRefusals() },
  },
]
