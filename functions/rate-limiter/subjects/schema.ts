import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { policyName, subject } from '../fields.ts'

/** `GET /v1/subjects/state` */
export const stateQuery = z.strictObject({ ...pageQuery, subject, policy: z.optional(policyName) })

export const subjectState = z.strictObject({
  policy: z.string(),
  limit: z.int(),
  used: z.int(),
  remaining: z.int(),
  resetMs: z.int(),
})

export const statePage = z.strictObject({ items: z.array(subjectState), nextCursor: z.nullable(z.string()) })

/** `POST /v1/subjects/reset` */
export const resetBody = z.strictObject({ subject, policy: z.optional(policyName) })
