import * as z from 'zod/mini'

/** An invalid value in an answer: the schema of `FieldError`. */
export const fieldError = z.strictObject({ path: z.string(), message: z.string() })
