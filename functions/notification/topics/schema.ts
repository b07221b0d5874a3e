import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { name, time } from '../fields.ts'

export const subscriptionAnswer = z.strictObject({ topic: name, user: name })

/** `GET /v1/topics/{topic}/subscribers` */
export const listSubscribersQuery = z.strictObject(pageQuery)
export const subscriber = z.strictObject({ user: name, subscribedAt: time })
export const subscriberPage = z.strictObject({
  items: z.array(subscriber),
  nextCursor: z.nullable(z.string()),
})

export const publishAnswer = z.strictObject({ broadcastId: z.string() })

const count = z.int().check(z.minimum(0))

export const broadcastAnswer = z.strictObject({
  status: z.enum(['running', 'done', 'stopped']),
  total: count,
  queued: count,
  done: count,
  failed: count,
})
