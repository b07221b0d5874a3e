import * as z from 'zod/mini'
import { defineEvent } from '../shared/events/event-schema.ts'
import { LINK_STATUSES } from './domain/link.ts'

/**
 * The data of the shortener's events; their `subject` is the link's code. No event holds a secret. `createdBy` and
 * `blockedBy` are the `sub` of a user's token, a reason is free text, and a target may contain whatever the tenant put
 * into it: consumers of the events must be allowed to see all that.
 */
export const linkState = z.object({
  url: z.string(),
  title: z.nullable(z.string()),
  tags: z.array(z.string()),
  status: z.enum(LINK_STATUSES),
  createdBy: z.string(),
  createdAt: z.string(),
  /** The fields in the request, such as `["url"]`, whose values may be unchanged. */
  changed: z.array(z.string()),
})

export const linkCreated = defineEvent({ type: 'url-shortener.link.created', schemaVersion: 1, data: linkState })

/** Also published when a link is unblocked, because its status changes. */
export const linkUpdated = defineEvent({ type: 'url-shortener.link.updated', schemaVersion: 1, data: linkState })

export const linkDeleted = defineEvent({ type: 'url-shortener.link.deleted', schemaVersion: 1, data: z.object({}) })

/** `blockedBy` is `null` if the check of targets blocked the link. */
export const linkBlocked = defineEvent({
  type: 'url-shortener.link.blocked',
  schemaVersion: 1,
  data: z.object({ reason: z.string(), blockedBy: z.nullable(z.string()) }),
})

/** The reason is from anybody on the internet: show it as text, and don't trust it. */
export const linkReported = defineEvent({
  type: 'url-shortener.link.reported',
  schemaVersion: 1,
  data: z.object({ reason: z.string() }),
})

/**
 * Published once, when a visit or the hourly sweep detects the state, which is up to an hour after the last visit that
 * was redirected.
 */
export const linkExhausted = defineEvent({
  type: 'url-shortener.link.exhausted',
  schemaVersion: 1,
  data: z.object({ maxClicks: z.int() }),
})

/** Published once, like `linkExhausted`: `expiresAt` is the time of expiry. */
export const linkExpired = defineEvent({
  type: 'url-shortener.link.expired',
  schemaVersion: 1,
  data: z.object({ expiresAt: z.string() }),
})

/**
 * Published at most once a minute for each link that was clicked: `clicks` are those since the last such event, `total`
 * those since the link's creation, all without bots.
 */
export const linkClicked = defineEvent({
  type: 'url-shortener.link.clicked',
  schemaVersion: 1,
  data: z.object({ clicks: z.int(), total: z.int() }),
})

/** All events of the system: `npm run openapi` writes their JSON Schemas. */
export const eventDefinitions = [
  linkCreated,
  linkUpdated,
  linkDeleted,
  linkBlocked,
  linkReported,
  linkExhausted,
  linkExpired,
  linkClicked,
]
