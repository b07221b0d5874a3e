import * as z from 'zod/mini'
import { LINK_STATUSES, REDIRECTS } from '../domain/link.ts'
import { DEVICES } from '../domain/rules.ts'
import type { LinkView } from './answer.ts'

const rule = z.strictObject({
  if: z.strictObject({
    device: z.optional(z.enum(DEVICES)),
    language: z.optional(z.string()),
    country: z.optional(z.string()),
    before: z.optional(z.string()),
    after: z.optional(z.string()),
  }),
  url: z.string(),
})

/** A link in every answer. */
export const linkBody = z.strictObject({
  code: z.string(),
  shortUrl: z.string(),
  url: z.string(),
  redirect: z.literal(REDIRECTS),
  cacheSeconds: z.int(),
  status: z.enum(LINK_STATUSES),
  createdAt: z.string(),
  updatedAt: z.string(),
  startsAt: z.nullable(z.string()),
  expiresAt: z.nullable(z.string()),
  expiredUrl: z.nullable(z.string()),
  maxClicks: z.nullable(z.int()),
  clicks: z.int(),
  hasPassword: z.boolean(),
  title: z.nullable(z.string()),
  tags: z.array(z.string()),
  forwardQuery: z.boolean(),
  rules: z.array(rule),
  createdBy: z.string(),
} satisfies Record<keyof LinkView, z.ZodMiniType>)

/** The outcome of each link of `POST /v1/links/bulk`, in the order of the request. */
export const createdLinksBody = z.strictObject({
  results: z.array(
    z.strictObject({
      index: z.int(),
      status: z.int(),
      link: z.optional(linkBody),
      error: z.optional(
        z.strictObject({
          code: z.string(),
          message: z.string(),
          errors: z.optional(z.array(z.strictObject({ path: z.string(), message: z.string() }))),
        }),
      ),
    }),
  ),
})
