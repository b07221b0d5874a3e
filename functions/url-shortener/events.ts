import * as z from 'zod/mini'
import { defineEvent } from '../shared/events/event-schema.ts'
import { LINK_STATUSES } from './domain/link.ts'

/**
 * The data of the shortener's events; their `subject` is the link's code. No event holds a secret. `createdBy` and
 * `blockedBy` are the `sub` of somebody's token, a reason is what somebody wrote, and a target may hold whatever the
 * tenant put into it: whoever gets the events must be allowed to know that.
 */
export const linkState = z.object({
  url: z.string(),
  title: z.nullable(z.string()),
  tags: z.array(z.string()),
  status: z.enum(LINK_STATUSES),
  createdBy: z.string(),
  createdAt: z.string(),
  /** The fields that were given, as in `["url"]`; they may have the values that they had. */
  changed: z.array(z.string()),
})

export const linkCreated = defineEvent({ type: 'url-shortener.link.created', schemaVersion: 1, data: linkState })

/** Also published when a link is unblocked: its status is then another one. */
export const linkUpdated = defineEvent({ type: 'url-shortener.link.updated', schemaVersion: 1, data: linkState })

export const linkDeleted = defineEvent({ type: 'url-shortener.link.deleted', schemaVersion: 1, data: z.object({}) })

/** `blockedBy` is `null` where the check of targets did it. */
export const linkBlocked = defineEvent({
  type: 'url-shortener.link.blocked',
  schemaVersion: 1,
  data: z.object({ reason: z.string(), blockedBy: z.nullable(z.string()) }),
})

/** The reason is what anybody on the internet wrote: show it as text, and believe none of it. */
export const linkReported = defineEvent({
  type: 'url-shortener.link.reported',
  schemaVersion: 1,
  data: z.object({ reason: z.string() }),
})

/**
 * Published once, when a visit or the hourly sweep finds the state: up to an hour after the last visit that was
 * redirected.
 */
export const linkExhausted = defineEvent({
  type: 'url-shortener.link.exhausted',
  schemaVersion: 1,
  data: z.object({ maxClicks: z.int() }),
})

/** Published once, as `linkExhausted` is: `expiresAt` says when it was. */
export const linkExpired = defineEvent({
  type: 'url-shortener.link.expired',
  schemaVersion: 1,
  data: z.object({ expiresAt: z.string() }),
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
]
