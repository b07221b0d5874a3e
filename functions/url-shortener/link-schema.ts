import * as z from 'zod/mini'
import { pageQuery } from '../shared/http/page-query.ts'
import { LINK_STATUSES } from './link.ts'
import { CODE_PATTERN, RESERVED_CODES } from './link-code.ts'

const MAX_TAGS = 10
const MAX_TAG_LENGTH = 50
const MAX_TITLE_LENGTH = 200

const ALIAS = new RegExp(`^(?:${CODE_PATTERN}|${[...RESERVED_CODES].join('|').replaceAll('.', '\\.')})$`)

const url = z.string()
const tag = z.string().check(z.minLength(1), z.maxLength(MAX_TAG_LENGTH))
const title = z.string().check(z.maxLength(MAX_TITLE_LENGTH))
const tags = z.array(tag).check(z.maxLength(MAX_TAGS))

/**
 * `POST /v1/links`. A reserved alias passes here, also one that breaks the pattern, so that it gets its own answer
 * (409 `alias-reserved`).
 */
export const createLinkBody = z.strictObject({
  url,
  alias: z.optional(z.string().check(z.regex(ALIAS, 'must match [A-Za-z0-9_-]{3,64}'))),
  title: z.optional(z.nullable(title)),
  tags: z.optional(tags),
})

/** `PATCH /v1/links/{code}`: `null` clears a field. */
export const changeLinkBody = z.strictObject({
  url: z.optional(url),
  title: z.optional(z.nullable(title)),
  tags: z.optional(z.nullable(tags)),
})

/** `GET /v1/links` */
export const listLinksQuery = z.strictObject({
  ...pageQuery,
  tag: z.optional(tag),
  q: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  status: z.optional(z.enum(LINK_STATUSES)),
})

/** A link, as every route answers it. */
export const linkBody = z.strictObject({
  code: z.string(),
  shortUrl: z.string(),
  url: z.string(),
  redirect: z.literal([301, 302, 307, 308]),
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
  rules: z.array(z.unknown()),
  createdBy: z.string(),
})
