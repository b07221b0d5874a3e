import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import type { CategoryDefinition } from '../domain/category.ts'
import type { Document } from '../domain/document.ts'
import { channel, maybe, name, time, toTime } from '../fields.ts'

/** Each takes some 30 bytes of an item of 400 KB. */
const MAX_THROTTLE = 10_000
const MIN_WINDOW_MS = 1000
const MAX_WINDOW_MS = 31 * 86_400_000
const MAX_WINDOW_SECONDS = 7 * 86_400
const MAX_DIGEST_ITEMS = 200

const whole = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max))

export const throttle = z.strictObject({
  limit: whole(1, MAX_THROTTLE),
  windowMs: whole(MIN_WINDOW_MS, MAX_WINDOW_MS),
  over: z.enum(['defer', 'drop']),
})

export const digestRule = z.strictObject({
  windowSeconds: whole(1, MAX_WINDOW_SECONDS),
  maxItems: whole(1, MAX_DIGEST_ITEMS),
})

const channels = z.array(channel).check(
  z.minLength(1),
  z.refine((names) => new Set(names).size === names.length, 'must name each channel once'),
)

/**
 * `PUT /v1/categories/{name}`. What a read of the category adds may be sent back: the name must be the path's, the
 * others are ignored.
 */
export const categoryBody = z.strictObject({
  name: z.optional(name),
  channels,
  required: maybe(z.boolean()),
  onUncertain: z.enum(['retry', 'drop']),
  throttle: maybe(throttle),
  digest: maybe(digestRule),
  version: z.optional(z.string()),
  updatedAt: z.optional(z.string()),
})

export const categoryAnswer = z.strictObject({
  name,
  channels: z.array(channel),
  required: z.boolean(),
  onUncertain: z.enum(['retry', 'drop']),
  throttle: z.nullable(throttle),
  digest: z.nullable(digestRule),
  version: z.string(),
  updatedAt: time,
})

/** `GET /v1/categories` */
export const listCategoriesQuery = z.strictObject(pageQuery)
export const categoryPage = z.strictObject({ items: z.array(categoryAnswer), nextCursor: z.nullable(z.string()) })

/** Builds the definition that a body asks for, with defaults. */
export function toDefinition(body: z.output<typeof categoryBody>): CategoryDefinition {
  const { channels, required, onUncertain, throttle, digest } = body
  return { channels, required: required ?? false, onUncertain, throttle: throttle ?? null, digest: digest ?? null }
}

/** Shows a category as every route answers it. */
export function categoryView(
  name: string,
  { value, version, updatedAt }: Document<CategoryDefinition>,
): z.output<typeof categoryAnswer> {
  const { channels, ...rest } = value
  return { name, channels: [...channels], ...rest, version, updatedAt: toTime(updatedAt) }
}
