import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { text } from '../../shared/http/validate.ts'
import { CODE_PATTERN, RESERVED_CODES } from '../domain/code.ts'
import type { LinkFields } from '../domain/fields.ts'
import { LINK_STATUSES, REDIRECTS } from '../domain/link.ts'
import { MAX_PASSWORD_LENGTH } from '../domain/password.ts'
import { DEVICES } from '../domain/rules.ts'
import { time } from '../time-schema.ts'
import { country, language } from './schema-types.ts'

const MAX_TAGS = 10
const MAX_TAG_LENGTH = 50
const MAX_TITLE_LENGTH = 200
const MAX_RULES = 10
const MAX_CACHE_SECONDS = 86_400
const MAX_CLICKS = 1_000_000_000
export const MAX_BULK = 100

const ALIAS = new RegExp(`^(?:${CODE_PATTERN}|${[...RESERVED_CODES].join('|').replaceAll('.', '\\.')})$`)

const url = text()
/** A title. Texts are stored in NFC, however a keyboard composes them, so that lists find them by either form. */
const title = text(z.normalize('NFC'), z.maxLength(MAX_TITLE_LENGTH))
const tag = text(z.normalize('NFC'), z.trim(), z.minLength(1), z.maxLength(MAX_TAG_LENGTH), z.meta({ pattern: '\\S' }))
const tags = z.array(tag).check(
  z.maxLength(MAX_TAGS),
  z.overwrite((given) => [...new Set(given)]),
)

const conditions = z
  .strictObject({
    device: z.exactOptional(z.enum(DEVICES)),
    language: z.exactOptional(language),
    country: z.exactOptional(country),
    before: z.exactOptional(time),
    after: z.exactOptional(time),
  })
  .check(
    z.refine((given) => Object.keys(given).length > 0, 'must have a condition'),
    z.meta({ minProperties: 1 }),
  )

export const newLinkRule = z.strictObject({ if: conditions, url })

export const linkStatus = z.enum(LINK_STATUSES)

/** Builds the schema of a field that may be omitted, or `null` for no value, as in responses. */
const clearable = <Schema extends z.ZodMiniType>(schema: Schema) => z.optional(z.nullable(schema))

const fields = {
  redirect: clearable(z.literal(REDIRECTS)),
  cacheSeconds: clearable(z.int().check(z.minimum(0), z.maximum(MAX_CACHE_SECONDS))),
  startsAt: clearable(time),
  expiresAt: clearable(time),
  expiredUrl: clearable(url),
  maxClicks: clearable(z.int().check(z.minimum(1), z.maximum(MAX_CLICKS))),
  password: clearable(text(z.minLength(1), z.maxLength(MAX_PASSWORD_LENGTH))),
  title: clearable(title),
  tags: clearable(tags),
  forwardQuery: clearable(z.boolean()),
  rules: clearable(z.array(newLinkRule).check(z.maxLength(MAX_RULES))),
} satisfies Record<Exclude<keyof LinkFields, 'url'>, z.ZodMiniType>

/**
 * The body of `POST /v1/links`. Reserved aliases pass, even one that breaks the pattern, so that they get their own
 * problem (409 `alias-reserved`).
 */
export const createLinkBody = z.strictObject({
  url,
  alias: z.optional(z.string().check(z.regex(ALIAS, 'must match [A-Za-z0-9_-]{3,64}'))),
  ...fields,
  reuse: z.optional(z.boolean()),
})

/**
 * The body of `POST /v1/links/bulk`. Each link is validated separately, so that an invalid one doesn't prevent the
 * others.
 */
export const createLinksBody = z.strictObject({ links: z.array(z.unknown()).check(z.maxLength(MAX_BULK)) })

/** The body of `PATCH /v1/links/{code}`, in which `null` clears a field. */
export const changeLinkBody = z.strictObject({ url: z.optional(url), ...fields })

/** The query of `GET /v1/links`. */
export const listLinksQuery = z.strictObject({
  ...pageQuery,
  tag: z.optional(tag),
  q: z.optional(text(z.normalize('NFC'), z.minLength(1), z.maxLength(MAX_TITLE_LENGTH))),
  status: z.optional(linkStatus),
})
