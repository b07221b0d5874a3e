import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { text } from '../../shared/http/validate.ts'
import { time } from '../fields.ts'

/** Channels that reach an address. */
export const suppressibleChannel = z.enum(['email', 'sms', 'push', 'webhook'])

const MAX_REASON = 200
const MAX_ADDRESS = 2048

const address = z.string().check(z.minLength(1), z.maxLength(MAX_ADDRESS))

/** `PUT /v1/suppressions/{channel}` */
export const suppressionBody = z.strictObject({
  address,
  reason: text(z.trim(), z.normalize('NFC'), z.minLength(1), z.maxLength(MAX_REASON)),
})

/** `DELETE /v1/suppressions/{channel}`: the query, or a body. */
export const suppressionQuery = z.strictObject({ address })
export const removalBody = z.strictObject({ address, reason: z.optional(z.string()) })

export const suppressionAnswer = z.strictObject({
  channel: suppressibleChannel,
  address: z.nullable(z.string()),
  reason: z.string(),
  createdAt: time,
})

/** `GET /v1/suppressions` */
export const listSuppressionsQuery = z.strictObject(pageQuery)
export const suppressionPage = z.strictObject({
  items: z.array(suppressionAnswer),
  nextCursor: z.nullable(z.string()),
})
