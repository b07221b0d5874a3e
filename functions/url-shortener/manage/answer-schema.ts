import * as z from 'zod/mini'
import { fieldError } from '../../shared/http/field-error-schema.ts'
import { REDIRECTS } from '../domain/link.ts'
import { DEVICES } from '../domain/rules.ts'
import type { LinkView } from './answer.ts'
import { linkStatus } from './schema.ts'

const time = z.string().check(z.meta({ format: 'date-time' }))
const url = z.string().check(z.meta({ format: 'uri' }))

/** A rule in a response. */
export const linkRule = z.strictObject({
  if: z.strictObject({
    device: z.optional(z.enum(DEVICES)),
    language: z.optional(z.string()),
    country: z.optional(z.string()),
    before: z.optional(time),
    after: z.optional(time),
  }),
  url,
})

/** A link in a response. */
export const linkBody = z.strictObject({
  code: z.string(),
  shortUrl: url,
  url,
  redirect: z.literal(REDIRECTS),
  cacheSeconds: z.int(),
  status: linkStatus,
  createdAt: time,
  updatedAt: time,
  startsAt: z.nullable(time),
  expiresAt: z.nullable(time),
  expiredUrl: z.nullable(url),
  maxClicks: z.nullable(z.int()),
  clicks: z.int(),
  hasPassword: z.boolean(),
  title: z.nullable(z.string()),
  tags: z.array(z.string()),
  forwardQuery: z.boolean(),
  rules: z.array(linkRule),
  createdBy: z.string(),
} satisfies Record<keyof LinkView, z.ZodMiniType>)

/** The reason why one link of `POST /v1/links/bulk` was refused. */
export const bulkError = z.strictObject({
  code: z.string(),
  message: z.string(),
  errors: z.optional(z.array(fieldError)),
})

/** The outcome of one link of `POST /v1/links/bulk`. */
export const bulkResult = z.strictObject({
  index: z.int(),
  status: z.int(),
  link: z.optional(linkBody),
  error: z.optional(bulkError),
})

/** The outcome of each link of `POST /v1/links/bulk`, in the order of the request. */
export const createdLinksBody = z.strictObject({ results: z.array(bulkResult) })
