import * as z from 'zod/mini'
import { policyName, subject } from '../fields.ts'

/** `POST /v1/slots` */
export const slotBody = z.strictObject({
  policy: policyName,
  subject,
  ttlMs: z.int().check(z.minimum(1000), z.maximum(3_600_000)),
})

const time = z.string().check(z.meta({ format: 'date-time' }))

export const slotAnswer = z.strictObject({ slotId: z.string(), expiresAt: time })
export const heartbeatAnswer = z.strictObject({ expiresAt: time })
