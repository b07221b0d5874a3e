import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { definitionView, type PolicyDefinition, type StoredPolicy } from '../domain/policy.ts'
import { policyName, subject } from '../fields.ts'

const MAX_LIMIT = 1_000_000_000
const MIN_WINDOW_MS = 1000
const YEAR_MS = 366 * 86_400_000
const MAX_PATTERNS = 100
const MAX_SHARDS = 8

const ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket', 'concurrency'] as const
const CALENDARS = ['hour', 'day', 'month'] as const
const ON_ERRORS = ['open', 'closed', 'local'] as const
const MODES = ['enforce', 'shadow', 'off'] as const

const whole = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max))
/** A field that is not given and one that is `null` are the same, so that a policy can be sent back as it was read. */
const maybe = <Type extends z.ZodMiniType>(type: Type) => z.optional(z.nullable(type))

const patterns = z.array(subject).check(z.maxLength(MAX_PATTERNS))

export const parentReference = z.strictObject({ policy: policyName, subjectPrefix: subject })

/**
 * `PUT /v1/policies/{name}`. What a read of the policy adds may be sent back: the name must be the path's, the others
 * are ignored.
 */
export const policyBody = z.strictObject({
  name: z.optional(policyName),
  algorithm: z.enum(ALGORITHMS),
  limit: whole(1, MAX_LIMIT),
  windowMs: maybe(whole(MIN_WINDOW_MS, YEAR_MS)),
  calendar: maybe(z.enum(CALENDARS)),
  burst: maybe(whole(1, MAX_LIMIT)),
  onError: maybe(z.enum(ON_ERRORS)),
  mode: maybe(z.enum(MODES)),
  allow: maybe(patterns),
  deny: maybe(patterns),
  blockMs: maybe(whole(0, YEAR_MS)),
  parent: maybe(parentReference),
  shards: maybe(whole(1, MAX_SHARDS)),
  version: z.optional(z.string()),
  updatedAt: z.optional(z.string()),
})

/** A policy as every route answers it. Fields that were not given are `null`, lists empty. */
export const policyAnswer = z.strictObject({
  name: policyName,
  algorithm: z.enum(ALGORITHMS),
  limit: z.int(),
  windowMs: z.nullable(z.int()),
  calendar: z.nullable(z.enum(CALENDARS)),
  burst: z.nullable(z.int()),
  onError: z.enum(ON_ERRORS),
  mode: z.enum(MODES),
  allow: z.array(z.string()),
  deny: z.array(z.string()),
  blockMs: z.nullable(z.int()),
  parent: z.nullable(parentReference),
  shards: z.nullable(z.int()),
  version: z.string(),
  updatedAt: z.string().check(z.meta({ format: 'date-time' })),
})

/** `GET /v1/policies` */
export const listPoliciesQuery = z.strictObject(pageQuery)
export const policyPage = z.strictObject({ items: z.array(policyAnswer), nextCursor: z.nullable(z.string()) })

/** `PUT /v1/overrides` */
export const overrideBody = z.strictObject({
  subject,
  policy: policyName,
  limit: whole(1, MAX_LIMIT),
  burst: maybe(whole(1, MAX_LIMIT)),
})

export const overrideAnswer = z.strictObject({
  subject: z.string(),
  policy: z.string(),
  limit: z.int(),
  burst: z.nullable(z.int()),
})

/** `DELETE /v1/overrides` */
export const overrideQuery = z.strictObject({ subject, policy: policyName })

/** Builds the definition that a body asks for, with defaults, and without what was not given. */
export function toDefinition(body: z.output<typeof policyBody>): PolicyDefinition {
  const { name: _, version: __, updatedAt: ___, onError, mode, allow, deny, ...rest } = body
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined))
  return {
    ...(given as unknown as Pick<PolicyDefinition, 'algorithm' | 'limit'>),
    onError: onError ?? 'closed',
    mode: mode ?? 'enforce',
    ...(allow?.length && { allow }),
    ...(deny?.length && { deny }),
  }
}

/** Shows a policy as every route answers it. */
export function policyView({ name, definition, version, updatedAt }: StoredPolicy): z.output<typeof policyAnswer> {
  return { name, ...definitionView(definition), version, updatedAt }
}
