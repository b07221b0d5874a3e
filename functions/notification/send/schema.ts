import * as z from 'zod/mini'
import { jsonObject, text } from '../../shared/http/validate.ts'
import { isEmail, isPhone, isWebhookUrl } from '../domain/address.ts'
import { PRIORITIES } from '../domain/channel.ts'
import { STATUSES } from '../domain/status.ts'
import { channel, locale, maybe, name } from '../fields.ts'

/** RFC 5322 allows a line 998 characters. */
const MAX_SUBJECT = 998
const MAX_REFERENCE = 256
const MAX_KEY = 255
const MAX_DELAY_SECONDS = 366 * 24 * 60 * 60
export const MAX_RECIPIENTS = 500

/** A time in RFC 3339, in milliseconds since the epoch. */
const instant = z.pipe(z.iso.datetime({ offset: true, error: 'must be a time in RFC 3339' }), z.transform(Date.parse))

const email = z.string().check(z.refine(isEmail, 'must be one mailbox, as in ann@example.com'))
const phone = z.string().check(z.refine(isPhone, 'must be one number in E.164, as in +4915112345678'))
const webhookUrl = text(z.maxLength(2048), z.refine(isWebhookUrl, 'must be a URL, as in https://example.com/hooks'))

export const recipient = z
  .strictObject({
    userId: z.optional(name),
    email: z.optional(email),
    phone: z.optional(phone),
    webhookUrl: z.optional(webhookUrl),
  })
  .check(
    z.refine(({ userId, ...addresses }) => {
      const given = Object.values(addresses).filter((address) => address !== undefined)
      return userId === undefined ? given.length > 0 : given.length === 0
    }, 'must have a userId, or one or more of email, phone and webhookUrl'),
  )

export const givenContent = z.strictObject({
  subject: z.optional(text(z.normalize('NFC'), z.maxLength(MAX_SUBJECT))),
  text: text(z.normalize('NFC'), z.minLength(1)),
  html: z.optional(text(z.normalize('NFC'))),
})

export const step = z.strictObject({
  channel,
  afterSeconds: z.optional(z.int().check(z.minimum(0), z.maximum(MAX_DELAY_SECONDS))),
  unless: z.optional(z.enum(['seen', 'read', 'delivered'])),
})

const isUnique = (names: readonly string[]) => new Set(names).size === names.length

/** Fields that a notification has beside its recipient. */
const shared = {
  template: z.optional(name),
  content: z.optional(givenContent),
  data: z.optional(jsonObject()),
  category: name,
  channels: z.optional(z.array(channel).check(z.minLength(1), z.refine(isUnique, 'must name each channel once'))),
  steps: z.optional(
    z.array(step).check(
      z.minLength(1),
      z.refine((steps) => isUnique(steps.map((one) => one.channel)), 'must name each channel once'),
    ),
  ),
  priority: z._default(z.enum(PRIORITIES), 'normal'),
  sendAt: maybe(instant),
  expiresAt: maybe(instant),
  digestKey: maybe(name),
  locale: maybe(locale),
  reference: maybe(text(z.normalize('NFC'), z.minLength(1), z.maxLength(MAX_REFERENCE))),
}

/** `POST /v1/notifications` */
export const newNotificationBody = z.strictObject({ to: recipient, ...shared })

/** A notification without its recipient, as a topic's subscribers get it. */
export const newMessageBody = z.strictObject(shared)

/**
 * `POST /v1/notifications/bulk`. Each recipient is validated separately, so that an invalid one doesn't prevent the
 * others.
 */
export const newNotificationsBody = z.strictObject({
  ...shared,
  recipients: z.array(z.unknown()).check(z.minLength(1), z.maxLength(MAX_RECIPIENTS)),
})

/** One recipient of a bulk. */
export const bulkRecipient = z.strictObject({
  to: recipient,
  data: z.optional(jsonObject()),
  key: z.optional(text(z.minLength(1), z.maxLength(MAX_KEY))),
})

/** The body of a bulk as it is documented. */
export const documentedBulkBody = z.strictObject({
  ...shared,
  recipients: z.array(bulkRecipient).check(z.minLength(1), z.maxLength(MAX_RECIPIENTS)),
})

export const acceptedAnswer = z.strictObject({ id: z.string(), status: z.enum(STATUSES) })

export const fieldError = z.strictObject({ path: z.string(), message: z.string() })

export const bulkResult = z.strictObject({
  index: z.int(),
  id: z.optional(z.string()),
  error: z.optional(z.strictObject({ code: z.string(), message: z.string(), errors: z.optional(z.array(fieldError)) })),
})

export const bulkAnswer = z.strictObject({ results: z.array(bulkResult) })
