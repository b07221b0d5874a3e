import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { text } from '../../shared/http/validate.ts'
import { isEmail, isPhone } from '../domain/address.ts'
import { channel, locale, maybe, name, time, zone } from '../fields.ts'

const email = z.string().check(z.refine(isEmail, 'must be one mailbox, as in ann@example.com'))
const phone = z.string().check(z.refine(isPhone, 'must be one number in E.164, as in +4915112345678'))

/** The categories that a user may have preferences of. */
const MAX_CATEGORIES = 200

/** `PUT /v1/users/{id}`. What an answer adds may be sent back: the id must be the path's, the others are ignored. */
export const userBody = z.strictObject({
  id: z.optional(name),
  email: maybe(email),
  phone: maybe(phone),
  locale: maybe(locale),
  zone: maybe(zone),
  version: z.optional(z.string()),
  updatedAt: z.optional(z.string()),
})

export const userAnswer = z.strictObject({
  id: name,
  email: z.nullable(z.string()),
  phone: z.nullable(z.string()),
  locale: z.nullable(z.string()),
  zone: z.nullable(z.string()),
  version: z.string(),
  updatedAt: time,
})

const timeOfDay = z.string().check(z.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00'))

export const quietHoursBody = z
  .strictObject({ start: timeOfDay, end: timeOfDay, zone: maybe(zone) })
  .check(z.refine(({ start, end }) => start !== end, { error: 'must differ from start', path: ['end'] }))

const byCategory = <Value extends z.ZodMiniType>(value: Value) =>
  z.record(name, value).check(z.refine(hasFew, `must have at most ${MAX_CATEGORIES} categories`))

function hasFew(byName: object): boolean {
  return Object.keys(byName).length <= MAX_CATEGORIES
}

/** `PUT /v1/users/{id}/preferences` */
export const preferencesBody = z.strictObject({
  categories: maybe(byCategory(z.partialRecord(channel, z.boolean()))),
  quietHours: maybe(quietHoursBody),
  digest: maybe(byCategory(z.boolean())),
  locale: maybe(locale),
})

export const preferencesAnswer = z.strictObject({
  categories: z.record(z.string(), z.partialRecord(channel, z.boolean())),
  quietHours: z.nullable(z.strictObject({ start: z.string(), end: z.string(), zone: z.nullable(z.string()) })),
  digest: z.record(z.string(), z.boolean()),
  locale: z.nullable(z.string()),
})

/** `GET /v1/users/{id}/endpoints` */
export const listEndpointsQuery = z.strictObject(pageQuery)

/** Channels that reach an address of the user's: the inbox needs none. */
export const endpointChannel = z.enum(['email', 'sms', 'push', 'webhook'])

const MAX_ADDRESS = 2048

/** `PUT /v1/users/{id}/endpoints/{endpointId}` */
export const endpointBody = z.strictObject({
  id: z.optional(name),
  channel: endpointChannel,
  address: text(z.minLength(1), z.maxLength(MAX_ADDRESS)),
  secret: maybe(z.string().check(z.refine(isSecret, 'must be whsec_ and base64 of 32 bytes'))),
  enabled: z.boolean(),
  disabledReason: maybe(z.string()),
  version: z.optional(z.string()),
  updatedAt: z.optional(z.string()),
})

const shown = {
  id: name,
  channel: endpointChannel,
  address: z.string(),
  enabled: z.boolean(),
  disabledReason: z.nullable(z.string()),
  version: z.string(),
  updatedAt: time,
}

export const endpointAnswer = z.strictObject(shown)
export const newEndpointAnswer = z.strictObject({ ...shown, secret: z.optional(z.string()) })
export const endpointPage = z.strictObject({ items: z.array(endpointAnswer), nextCursor: z.nullable(z.string()) })

const SECRET_BYTES = 32

function isSecret(text: string): boolean {
  const encoded = text.startsWith('whsec_') ? text.slice('whsec_'.length) : ''
  const bytes = Buffer.from(encoded, 'base64')
  return bytes.length === SECRET_BYTES && bytes.toString('base64') === encoded
}
