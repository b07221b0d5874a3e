import * as z from 'zod/mini'
import { policyName, subject } from '../fields.ts'
import { MAX_CHECKS } from './check-body.ts'

// The check function reads its body by hand (`check-body.ts`) and bundles no schema library, because callers wait for
// it. A test compares both on generated bodies.

export const namedCheck = z.strictObject({
  policy: policyName,
  subject,
  cost: z.optional(z.int().check(z.minimum(1))),
  peek: z.optional(z.boolean()),
})

/** `POST /v1/check` */
export const checkBody = z.strictObject({ checks: z.array(namedCheck).check(z.minLength(1), z.maxLength(MAX_CHECKS)) })

export const checkQuery = z.strictObject({ enforce: z.optional(z.literal('http')) })

export const decisionBody = z.strictObject({
  decisionId: z.string(),
  policy: z.string(),
  subject: z.string(),
  allowed: z.boolean(),
  limit: z.int(),
  remaining: z.int(),
  resetMs: z.int(),
  retryAfterMs: z.nullable(z.int()),
  mode: z.enum(['enforce', 'shadow', 'off']),
  wouldDeny: z.optional(z.boolean()),
  source: z.enum(['store', 'cache', 'fallback']),
  degraded: z.boolean(),
  approximate: z.boolean(),
})

export const checkAnswer = z.strictObject({ allowed: z.boolean(), decisions: z.array(decisionBody) })
