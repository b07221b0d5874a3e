import * as z from 'zod/mini'
import { defineEvent } from '../shared/events/event-schema.ts'
import { ROLES } from './domain/member.ts'

/** Reports that a room was created. The subject is its id. */
export const roomCreated = defineEvent({
  type: 'chat.room.created',
  schemaVersion: 1,
  data: z.object({
    room: z.string(),
    kind: z.enum(['group', 'direct']),
    createdBy: z.string(),
    members: z.array(z.string()),
  }),
})

/** Reports that a user joined, left, was removed or banned, or has another role. The subject is the room's id. */
export const memberChanged = defineEvent({
  type: 'chat.member.changed',
  schemaVersion: 1,
  data: z.object({
    room: z.string(),
    user: z.string(),
    /** `null` for a user who is no longer a member. */
    role: z.nullable(z.enum(ROLES)),
    muted: z.boolean(),
    banned: z.boolean(),
    changedBy: z.string(),
  }),
})

/**
 * Reports that members without a live connection missed a message. The subject is a list of its recipients, which has
 * at most two events: at once, and a minute later.
 */
export const messageMissed = defineEvent({
  type: 'chat.message.missed',
  schemaVersion: 1,
  data: z.object({
    room: z.string(),
    kind: z.enum(['group', 'direct']),
    /** `null` in a direct room. */
    name: z.nullable(z.string()),
    seq: z.int(),
    sentAt: z.iso.datetime(),
    author: z.string(),
    recipients: z.array(z.string()),
  }),
})

/** All events of the system: `npm run openapi` writes their JSON Schemas. */
export const eventDefinitions = [roomCreated, memberChanged, messageMissed]
