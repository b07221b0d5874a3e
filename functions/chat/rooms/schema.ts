import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { NOTIFY_LEVELS, ROLES } from '../domain/member.ts'
import { roomName, time, userName } from '../fields.ts'

const HISTORIES = ['all', 'since-join'] as const
const KINDS = ['group', 'direct'] as const

/** Ten years. */
const MAX_RETENTION_DAYS = 3650

export const newGroupBody = z.strictObject({
  kind: z.literal('group'),
  name: roomName,
  history: z._default(z.enum(HISTORIES), 'all'),
})

export const newDirectRoomBody = z.strictObject({ kind: z.literal('direct'), with: userName })

/** `POST /v1/rooms` */
export const newRoomBody = z.discriminatedUnion('kind', [newGroupBody, newDirectRoomBody])

/** `PATCH /v1/rooms/{id}` */
export const roomChangesBody = z.strictObject({
  name: z.optional(roomName),
  retentionDays: z.optional(z.nullable(z.int().check(z.minimum(1), z.maximum(MAX_RETENTION_DAYS)))),
})

/** `GET /v1/rooms` */
export const listRoomsQuery = z.strictObject(pageQuery)

export const lastMessageAnswer = z.strictObject({
  seq: z.int(),
  ts: time,
  user: z.string(),
  body: z.nullable(z.string()),
})

/** A room in an answer. */
export const roomAnswer = z.strictObject({
  id: z.string(),
  kind: z.enum(KINDS),
  name: z.nullable(z.string()),
  with: z.nullable(z.string()),
  history: z.enum(HISTORIES),
  retentionDays: z.nullable(z.int()),
  createdAt: time,
  activeAt: time,
  members: z.int(),
  role: z.enum(ROLES),
  muted: z.boolean(),
  notify: z.enum(NOTIFY_LEVELS),
  head: z.int(),
  floor: z.int(),
  read: z.int(),
  unread: z.int(),
  mentions: z.int(),
  lastMessage: z.nullable(lastMessageAnswer),
})

export const roomPage = z.strictObject({ items: z.array(roomAnswer), nextCursor: z.nullable(z.string()) })
