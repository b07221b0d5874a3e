import * as z from 'zod/mini'
import { MAX_CURSOR_LENGTH } from './cursor.ts'

export const DEFAULT_LIMIT = 25
export const MAX_LIMIT = 100

/** The parameters `limit` and `cursor` of every list; spread them into the schema of a list's query. */
export const pageQuery = {
  limit: z._default(
    z.pipe(
      z.string().check(z.regex(/^(?:[1-9]\d?|100)$/, `must be a number from 1 to ${MAX_LIMIT}`)),
      z.transform(Number),
    ),
    DEFAULT_LIMIT,
  ),
  // Documented, not validated: opening a cursor that is too long fails with 400, like any invalid cursor.
  cursor: z.optional(z.string().check(z.meta({ maxLength: MAX_CURSOR_LENGTH }))),
}
