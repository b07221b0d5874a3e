import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { ROLES } from '../domain/member.ts'
import { time } from '../fields.ts'

/** A number in a query; 0 is before the first event. */
const place = z.pipe(z.string().check(z.regex(/^\d{1,15}$/, 'must be the number of an event')), z.transform(Number))

/** `GET /v1/rooms/{id}/messages` */
export const messagesQuery = z
  .strictObject({ ...pageQuery, before: z.optional(place), after: z.optional(place) })
  .check(
    z.refine(({ before, after }) => before === undefined || after === undefined, {
      path: ['before'],
      message: 'must not be given together with after',
    }),
  )

/** `GET /v1/rooms/{id}/events` */
export const eventsQuery = z.strictObject({ ...pageQuery, after: z.optional(place) })

/** `GET /v1/rooms/{id}/threads/{seq}` */
export const threadQuery = z.strictObject(pageQuery)

/** A file of a message. */
export const attachmentAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  size: z.int(),
})

/** A message in an answer. */
export const messageAnswer = z.strictObject({
  seq: z.int(),
  ts: time,
  user: z.string(),
  body: z.nullable(z.string()),
  editedAt: z.optional(time),
  deleted: z.optional(z.literal(true)),
  threadRoot: z.optional(z.int()),
  attachments: z.array(attachmentAnswer),
  mentions: z.array(z.string()),
  reactions: z.record(z.string(), z.int()),
  mine: z.array(z.string()),
})

export const messagePage = z.strictObject({ items: z.array(messageAnswer), nextCursor: z.nullable(z.string()) })

const head = { seq: z.int(), ts: time, user: z.string(), cid: z.optional(z.string()) }
const erased = z.optional(z.literal(true))

export const messageEvent = z.strictObject({
  ...head,
  type: z.literal('message'),
  body: z.optional(z.string()),
  attachments: z.optional(z.array(attachmentAnswer)),
  mentions: z.array(z.string()),
  threadRoot: z.optional(z.int()),
  erased,
})

export const editEvent = z.strictObject({
  ...head,
  type: z.literal('edit'),
  target: z.int(),
  body: z.optional(z.string()),
  erased,
})

export const deleteEvent = z.strictObject({ ...head, type: z.literal('delete'), target: z.int() })

export const reactionEvent = z.strictObject({
  ...head,
  type: z.literal('reaction'),
  target: z.int(),
  emoji: z.optional(z.string()),
  remove: z.boolean(),
})

/** A member after an event. */
export const memberState = z.strictObject({ user: z.string(), role: z.nullable(z.enum(ROLES)), muted: z.boolean() })

export const memberEvent = z.strictObject({
  ...head,
  type: z.literal('member'),
  member: memberState,
  banned: z.optional(z.boolean()),
})

export const roomEvent = z.strictObject({
  ...head,
  type: z.literal('room'),
  name: z.nullable(z.string()),
  deleted: z.boolean(),
})

/** An event of a room, in an answer and in frames. */
export const eventAnswer = z.discriminatedUnion('type', [
  messageEvent,
  editEvent,
  deleteEvent,
  reactionEvent,
  memberEvent,
  roomEvent,
])

export const eventPage = z.strictObject({ items: z.array(eventAnswer), nextCursor: z.nullable(z.string()) })
