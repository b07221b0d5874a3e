import * as z from 'zod/mini'
import { jsonObject, text } from '../../shared/http/validate.ts'
import { CHANNELS } from '../domain/channel.ts'
import type { TemplateParts } from '../domain/template.ts'
import { locale, maybe } from '../fields.ts'
import { parseTemplate } from './parse.ts'

const MAX_LENGTH = 262_144

/** A template's text, stored in NFC. */
const template = text(
  z.maxLength(MAX_LENGTH),
  z.normalize('NFC'),
  z.superRefine((given, context) => {
    const parsed = parseTemplate(given)
    if (parsed.outcome === 'invalid') context.addIssue({ code: 'custom', message: parsed.message, input: given })
  }),
)

export const channelTexts = z
  .strictObject({
    email: z.optional(z.strictObject({ subject: template, html: z.optional(template), text: template })),
    sms: z.optional(z.strictObject({ text: template })),
    push: z.optional(z.strictObject({ title: template, body: template })),
    inapp: z.optional(z.strictObject({ title: template, body: template, url: z.optional(template) })),
    webhook: z.optional(z.strictObject({ body: template })),
  })
  .check(
    z.refine((channels) => CHANNELS.some((each) => channels[each] !== undefined), 'must have at least one channel'),
  )

/** `PUT /v1/templates/{name}` */
export const templateBody = z.strictObject({
  channels: channelTexts,
  locale: maybe(locale),
  digest: maybe(z.boolean()),
})

export const templateAnswer = z.strictObject({ version: z.int() })

/** `POST /v1/templates/{name}/preview` */
export const previewBody = z.strictObject({ data: jsonObject(), locale: maybe(locale) })

export const previewAnswer = z.strictObject({
  channels: z.partialRecord(z.enum(CHANNELS), z.record(z.string(), z.string())),
  sms: z.optional(z.strictObject({ segments: z.int() })),
})

/** Returns the parts without fields that were not given. */
export function toParts(channels: z.output<typeof channelTexts>): TemplateParts {
  return JSON.parse(JSON.stringify(channels))
}
