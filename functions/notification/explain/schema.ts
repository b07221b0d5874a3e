import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { CHANNELS, PRIORITIES } from '../domain/channel.ts'
import { RULES } from '../domain/evaluation.ts'
import { STATUSES } from '../domain/status.ts'
import { channel, name, time } from '../fields.ts'

const status = z.enum(STATUSES)

/** `GET /v1/notifications` */
export const listNotificationsQuery = z.strictObject({
  ...pageQuery,
  userId: z.optional(name),
  status: z.optional(status),
  category: z.optional(name),
  reference: z.optional(z.string().check(z.normalize('NFC'))),
})

export const channelAnswer = z.strictObject({
  status,
  provider: z.optional(z.string()),
  at: time,
  reason: z.optional(z.string()),
  attempts: z.int(),
})

export const timelineEntry = z.strictObject({
  at: time,
  event: z.string(),
  channel: z.optional(channel),
  detail: z.optional(z.string()),
})

const common = {
  id: z.string(),
  status,
  category: z.string(),
  priority: z.enum(PRIORITIES),
  createdAt: time,
}

/** A notification in an answer. */
export const notificationAnswer = z.strictObject({
  ...common,
  channels: z.partialRecord(channel, channelAnswer),
  timeline: z.array(timelineEntry),
})

/** A notification in a list. */
export const listedNotification = z.strictObject({
  ...common,
  userId: z.nullable(z.string()),
  reference: z.nullable(z.string()),
  channels: z.partialRecord(channel, z.strictObject({ status })),
})

export const notificationPage = z.strictObject({
  items: z.array(listedNotification),
  nextCursor: z.nullable(z.string()),
})

export const evaluation = z.strictObject({
  rule: z.enum(RULES),
  outcome: z.enum(['pass', 'bypassed', 'deferred', 'digesting', 'suppressed', 'failed', 'expired', 'cancelled']),
  detail: z.string(),
})

export const judgedChannel = z.strictObject({
  channel: z.enum(CHANNELS),
  used: z.boolean(),
  decisive: z.nullable(z.enum(RULES)),
  rules: z.array(evaluation),
})

export const whyAnswer = z.strictObject({ channels: z.array(judgedChannel) })
