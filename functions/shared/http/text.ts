import * as z from 'zod/mini'

/**
 * A text of a request. Half of a surrogate pair, which JSON can hold, is refused: it has no form in UTF-8, and would be
 * stored as another character.
 */
export function text(...checks: z.core.$ZodCheck<string>[]) {
  return z.string().check(
    z.refine((given) => given.isWellFormed(), 'must be Unicode text, without half of a surrogate pair'),
    ...checks,
  )
}
