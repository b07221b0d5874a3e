import * as z from 'zod/mini'
import { isCode, RESERVED_CODES } from './link-code.ts'

/**
 * `POST /v1/links`. A reserved alias passes here, also one that breaks the pattern, so that it gets its own answer
 * (409 `alias-reserved`).
 */
export const createLinkBody = z.strictObject({
  url: z.string(),
  alias: z.optional(
    z.string().check(z.refine((alias) => RESERVED_CODES.has(alias) || isCode(alias), 'must match [A-Za-z0-9_-]{3,64}')),
  ),
})
