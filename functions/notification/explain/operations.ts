import type * as z from 'zod/mini'
import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { notificationParameter, SEND } from '../fields.ts'
import { notificationNotFound } from '../problems.ts'
import {
  channelAnswer,
  evaluation,
  judgedChannel,
  listedNotification,
  listNotificationsQuery,
  notificationAnswer,
  notificationPage,
  timelineEntry,
  whyAnswer,
} from './schema.ts'

export const explainSchemas: Record<string, NamedSchema> = {
  Notification: {
    schema: notificationAnswer,
    description: 'A notification, and what became of it.',
    fields: {
      status: 'The status of the channel that got furthest, or, while any channel is open, of the furthest open one.',
    },
  },
  NotificationChannel: {
    schema: channelAnswer,
    description: 'A notification on one channel.',
    fields: {
      at: 'When it reached its status.',
      reason: 'Why it was deferred, or why it ended.',
      attempts: 'How often providers were asked.',
    },
  },
  TimelineEntry: {
    schema: timelineEntry,
    description: 'Something that happened to a notification.',
    fields: { detail: 'A sentence for a person.' },
  },
  ListedNotification: { schema: listedNotification, description: 'A notification in a list.' },
  NotificationPage: {
    schema: notificationPage,
    description: 'A part of a list.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
  Why: { schema: whyAnswer, description: 'The rules by which each channel was used, or not.' },
  JudgedChannel: {
    schema: judgedChannel,
    description: 'A channel, and what the rules said of it.',
    fields: {
      used: 'True if a provider was asked.',
      decisive: 'The first rule that held it back; `null` if none did.',
    },
  },
  Evaluation: {
    schema: evaluation,
    description: 'What one rule said when the channel was judged last.',
    fields: { outcome: '`bypassed`: the rule would have held it back, but doesn’t apply to this notification.' },
  },
}

const common = {
  id: 'Zm9yIGV4YW1w',
  status: 'delivered',
  category: 'orders',
  priority: 'normal',
  createdAt: '2026-03-12T19:03:58.005Z',
} as const
const at = '2026-03-12T19:03:58.402Z'
const notification: z.output<typeof notificationAnswer> = {
  ...common,
  channels: { email: { status: 'delivered', provider: 'outbox', at, attempts: 1 } },
  timeline: [
    { at: common.createdAt, event: 'accepted' },
    { at: '2026-03-12T19:03:58.310Z', event: 'sending', channel: 'email', detail: 'Attempt 1.' },
    { at, event: 'delivered', channel: 'email', detail: 'outbox delivered it.' },
  ],
}
const listed: z.output<typeof listedNotification> = {
  ...common,
  userId: 'ann',
  reference: 'order-17',
  channels: { email: { status: 'delivered' } },
}
const why: z.output<typeof whyAnswer> = {
  channels: [
    {
      channel: 'sms',
      used: false,
      decisive: 'preference',
      rules: [
        { rule: 'category', outcome: 'pass', detail: 'The category orders exists.' },
        { rule: 'expired', outcome: 'pass', detail: 'It never expires.' },
        { rule: 'preference', outcome: 'suppressed', detail: 'The user has turned off sms for orders.' },
      ],
    },
  ],
}
const one = { tag: 'Notifications', params: notificationParameter, scope: SEND }

export const explainOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/notifications',
    id: 'listNotifications',
    tag: 'Notifications',
    summary: 'List notifications, the newest first',
    description:
      'What was accepted a moment ago may be missing. A page may hold fewer than `limit`, and not be the last.',
    scope: SEND,
    query: listNotificationsQuery,
    queryFields: {
      userId: { description: 'Only notifications to this user.', example: 'ann' },
      status: { description: 'Only notifications with this status.', example: 'failed' },
      category: { description: 'Only notifications of this category.', example: 'orders' },
      reference: { description: 'Only notifications with this reference.', example: 'order-17' },
    },
    responses: {
      200: {
        description: 'A page of notifications.',
        body: notificationPage,
        example: { items: [listed], nextCursor: null },
      },
    },
  },
  {
    ...one,
    routeKey: 'GET /v1/notifications/{id}',
    id: 'getNotification',
    summary: 'Get a notification with its timeline',
    description: 'The answer has neither its data nor its texts: only its sender knows those.',
    responses: {
      200: { description: 'The notification.', body: notificationAnswer, example: notification },
      404: notificationNotFound,
    },
  },
  {
    ...one,
    routeKey: 'GET /v1/notifications/{id}/why',
    id: 'explainNotification',
    summary: 'Explain why each channel was used, or not',
    description:
      'Lists the rules in force when the channel was last evaluated, up to the one that decided. A channel that has not been due yet has none.',
    responses: {
      200: { description: 'The rules of each channel.', body: whyAnswer, example: why },
      404: notificationNotFound,
    },
  },
]
