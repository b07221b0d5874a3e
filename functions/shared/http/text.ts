import * as z from 'zod/mini'

/**
 * Builds the schema of a text in a request. A lone surrogate, which JSON can contain, is rejected: it has no encoding
 * in UTF-8, and would be stored as another character.
 */
export function text(...checks: z.core.$ZodCheck<string>[]) {
  return z.string().check(
    z.refine((given) => given.isWellFormed(), 'must be Unicode text, without half of a surrogate pair'),
    ...checks,
  )
}
