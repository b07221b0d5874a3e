import * as z from 'zod/mini'
import { text } from '../shared/http/text.ts'

const MAX_REASON_LENGTH = 500
/** Of a code (`CODE_PATTERN`). What is no code has no link, and is taken like any other that has none. */
const MAX_CODE_LENGTH = 64

const reason = text(z.minLength(1), z.maxLength(MAX_REASON_LENGTH))

/** `PUT /v1/links/{code}/block` */
export const blockBody = z.strictObject({ reason })

/** `POST /v1/reports` */
export const reportBody = z.strictObject({
  code: text(z.minLength(1), z.maxLength(MAX_CODE_LENGTH)),
  reason,
})
