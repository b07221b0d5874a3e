import * as z from 'zod/mini'
import { jsonObject } from '../../shared/http/validate.ts'
import type { Document } from '../domain/document.ts'
import type { MappingDefinition } from '../domain/mapping.ts'
import { maybe, name, time, toTime } from '../fields.ts'

/** The size of a mapping's data, as JSON. */
const MAX_DATA = 8192

const data = jsonObject(
  z.refine((given) => JSON.stringify(given).length <= MAX_DATA, `must have at most ${MAX_DATA} characters`),
)

/**
 * `PUT /v1/mappings/{detailType}`. What a read of the mapping adds may be sent back: the type must be the path's, the
 * others are ignored.
 */
export const mappingBody = z.strictObject({
  detailType: z.optional(name),
  recipients: z.string(),
  category: name,
  template: name,
  data: maybe(data),
  version: z.optional(z.string()),
  updatedAt: z.optional(z.string()),
})

export const mappingAnswer = z.strictObject({
  detailType: name,
  recipients: z.string(),
  category: name,
  template: name,
  data: z.nullable(z.record(z.string(), z.unknown())),
  version: z.string(),
  updatedAt: time,
})

/** Shows a mapping as every route answers it. */
export function mappingView(
  detailType: string,
  { value, version, updatedAt }: Document<MappingDefinition>,
): z.output<typeof mappingAnswer> {
  return { detailType, ...value, data: value.data && { ...value.data }, version, updatedAt: toTime(updatedAt) }
}
