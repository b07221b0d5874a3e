import * as z from 'zod/mini'
import { defineEvent } from '../shared/events/event-schema.ts'
import { LIMIT_NEARED } from './domain/neared.ts'

/**
 * A policy as events tell of it: the fields of the API. Patterns and prefixes are what the tenant wrote, subjects among
 * them: whoever gets the events must be allowed to know that.
 */
export const policyState = z.object({
  algorithm: z.string(),
  limit: z.int(),
  windowMs: z.nullable(z.int()),
  calendar: z.nullable(z.string()),
  burst: z.nullable(z.int()),
  onError: z.string(),
  mode: z.string(),
  allow: z.array(z.string()),
  deny: z.array(z.string()),
  blockMs: z.nullable(z.int()),
  parent: z.nullable(z.object({ policy: z.string(), subjectPrefix: z.string() })),
  shards: z.nullable(z.int()),
})

/**
 * Reports that a policy was made (`before` is `null`), changed or deleted (`after` is `null`). The subject is its name.
 */
export const policyChanged = defineEvent({
  type: 'rate-limiter.policy.changed',
  schemaVersion: 1,
  data: z.object({ name: z.string(), before: z.nullable(policyState), after: z.nullable(policyState) }),
})

/**
 * A subject of a policy, as the subject of an event: a policy's name holds no slash. Without one it stands for all
 * subjects of the policy: the policy itself is the subject of other events, whose sequence is another.
 */
export function eventSubject({ policy, subject = '' }: { policy: string; subject?: string }): string {
  return `${policy}/${subject}`
}

/** Reports that a subject has used 80 % of a limit: once for each window. */
export const limitNeared = defineEvent({
  type: LIMIT_NEARED,
  schemaVersion: 1,
  data: z.object({
    policy: z.string(),
    subject: z.string(),
    limit: z.int().check(z.minimum(1)),
    used: z.int().check(z.minimum(1)),
    windowStart: z.iso.datetime(),
    windowEnd: z.iso.datetime(),
  }),
})

/**
 * Reports how often a subject was denied in a minute: once for each, when the minute is over. Approximate, and never
 * too high.
 */
export const limitDenied = defineEvent({
  type: 'rate-limiter.limit.denied',
  schemaVersion: 1,
  data: z.object({
    policy: z.string(),
    subject: z.string(),
    minute: z.iso.datetime(),
    count: z.int().check(z.minimum(1)),
  }),
})

/**
 * Reports how often a policy's `onError` decided in a minute, because the table did not: once for each, when the minute
 * is over. Approximate, and never too high.
 */
export const limiterDegraded = defineEvent({
  type: 'rate-limiter.limiter.degraded',
  schemaVersion: 1,
  data: z.object({ policy: z.string(), minute: z.iso.datetime(), count: z.int().check(z.minimum(1)) }),
})

/** All events of the system: `npm run openapi` writes their JSON Schemas. */
export const eventDefinitions = [policyChanged, limitNeared, limitDenied, limiterDegraded]
