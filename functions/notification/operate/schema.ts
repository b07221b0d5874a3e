import * as z from 'zod/mini'
import { channel } from '../fields.ts'

export const listedProvider = z.strictObject({
  name: z.string(),
  channel,
  role: z.enum(['primary', 'backup']),
  breaker: z.enum(['closed', 'open', 'half-open']),
})

export const providersAnswer = z.strictObject({ items: z.array(listedProvider) })

const count = z.int().check(z.minimum(0))

export const listedQueue = z.strictObject({
  name: z.string(),
  waiting: count,
  delayed: count,
  inFlight: count,
  deadLetters: count,
})

export const queuesAnswer = z.strictObject({ items: z.array(listedQueue) })

/** `POST /v1/admin/redrive` */
export const redriveBody = z.strictObject({ queue: z.string(), dryRun: z.optional(z.boolean()) })

export const redriveAnswer = z.strictObject({ moved: count })
