import * as z from 'zod/mini'
import { MAX_CURSOR_LENGTH } from './cursor.ts'

export const DEFAULT_LIMIT = 25
export const MAX_LIMIT = 100

/** `limit` and `cursor`, as every list takes them; spread it into the schema of a list's query. */
export const pageQuery = {
  limit: z._default(
    z.pipe(
      z.string().check(z.regex(/^(?:[1-9]\d?|100)$/, `must be a number from 1 to ${MAX_LIMIT}`)),
      z.transform(Number),
    ),
    DEFAULT_LIMIT,
  ),
  // Documented, not checked: a cursor that is too long is 400 like any that is none, when it is opened.
  cursor: z.optional(z.string().check(z.meta({ maxLength: MAX_CURSOR_LENGTH }))),
}
