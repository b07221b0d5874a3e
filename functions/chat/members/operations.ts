import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { roomParameter, SCOPE, userParameter } from '../fields.ts'
import { changeRefusals, roomNotFound } from '../problems.ts'
import { listedMember, listMembersQuery, memberAnswer, memberBody, memberPage, notifyBody } from './schema.ts'

export const memberSchemas: Record<string, NamedSchema> = {
  MemberChanges: {
    schema: memberBody,
    description: 'What a user is to be in a room.',
    fields: { muted: 'True if the member can’t send messages. Left out, it stays as it is.' },
  },
  Member: { schema: memberAnswer, description: 'A member of a room.' },
  ListedMember: {
    schema: listedMember,
    description: 'A member in a list.',
    fields: {
      read: 'The number up to which the member has read, in rooms of up to 100 members.',
      online: 'True if the member has a live connection, in rooms of up to 100 members.',
    },
  },
  MemberPage: {
    schema: memberPage,
    description: 'A part of the list of members.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
  NotifyLevel: {
    schema: notifyBody,
    description: 'Sets which messages a member is notified of without a live connection.',
    fields: { level: 'The default is `mentions`, in a direct room `all`.' },
  },
}

const params = { ...roomParameter, ...userParameter }
const one = { tag: 'Members', params, scope: SCOPE }
const member = { user: 'bob', role: 'member', muted: false }

const lastOwner = { description: 'The last owner stays one until there is another.', codes: ['last-owner'] }

export const memberOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/rooms/{id}/members',
    id: 'listMembers',
    tag: 'Members',
    summary: 'List the members of a room, by name',
    description: 'Only members of the room may list them.',
    params: roomParameter,
    scope: SCOPE,
    query: listMembersQuery,
    responses: {
      200: {
        description: 'A page of members.',
        body: memberPage,
        example: { items: [{ ...member, read: 41, online: true }], nextCursor: null },
      },
      404: roomNotFound,
    },
  },
  {
    ...one,
    routeKey: 'PUT /v1/rooms/{id}/members/{user}',
    id: 'putMember',
    summary: 'Add a member, mute it, or give it another role',
    description:
      'Owners may do all of it, and hand over by making another owner; admins may add and mute plain members; anyone may step down. A room can have 10,000 members. The members of a direct room stay the same.',
    body: memberBody,
    example: { role: 'member' },
    onlyIfAbsent: true,
    responses: {
      200: { description: 'The changed member.', body: memberAnswer, example: member },
      201: { description: 'The new member.', body: memberAnswer, example: member },
      ...changeRefusals({
        409: {
          description: 'The user is banned, the room or the user’s list of rooms is full, or the last owner would go.',
          codes: ['banned', 'limit-reached', 'last-owner'],
        },
      }),
    },
  },
  {
    ...one,
    routeKey: 'DELETE /v1/rooms/{id}/members/{user}',
    id: 'removeMember',
    summary: 'Remove a member, or leave',
    description: 'Owners may remove anybody, admins only plain members. The user gets no later event.',
    responses: { 204: { description: 'The user is not a member.' }, ...changeRefusals({ 409: lastOwner }) },
  },
  {
    ...one,
    routeKey: 'PUT /v1/rooms/{id}/bans/{user}',
    id: 'banUser',
    summary: 'Ban a user',
    description: 'A member is removed. Nobody can add the user until the ban is lifted. It takes no body.',
    onlyIfAbsent: true,
    responses: { 204: { description: 'The user is banned.' }, ...changeRefusals() },
  },
  {
    ...one,
    routeKey: 'DELETE /v1/rooms/{id}/bans/{user}',
    id: 'unbanUser',
    summary: 'Lift a ban',
    description: 'The user stays out until somebody adds them.',
    responses: { 204: { description: 'The user is not banned.' }, ...changeRefusals() },
  },
  {
    routeKey: 'PUT /v1/rooms/{id}/notify',
    id: 'setNotifyLevel',
    tag: 'Members',
    summary: 'Set which messages the caller is notified of while away',
    description:
      'It is the caller’s own setting, which others can’t see. Every member has a level from the start, so that `If-None-Match: *` always gets 412.',
    params: roomParameter,
    scope: SCOPE,
    body: notifyBody,
    example: { level: 'none' },
    onlyIfAbsent: true,
    responses: {
      200: { description: 'The level.', body: notifyBody, example: { level: 'none' } },
      404: roomNotFound,
    },
  },
]
