import * as z from 'zod/mini'
import { text } from '../../shared/http/validate.ts'
import { MAX_ATTACHMENT_BYTES } from '../domain/attachment.ts'

/** The limit of file systems. */
const MAX_NAME_BYTES = 255

const fileName = text(
  z.trim(),
  z.normalize('NFC'),
  z.minLength(1),
  z.refine((name) => !/[\p{Cc}/\\]/u.test(name), 'must be one line without slashes and control characters'),
  z.refine((name) => Buffer.byteLength(name) <= MAX_NAME_BYTES, `must have at most ${MAX_NAME_BYTES} bytes of UTF-8`),
)

const mediaType = z
  .string()
  .check(
    z.maxLength(100),
    z.regex(
      /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/,
      'must be a content type in lower case, without parameters',
    ),
  )

/** `POST /v1/rooms/{id}/uploads` */
export const uploadBody = z.strictObject({
  name: fileName,
  type: mediaType,
  size: z.int().check(z.minimum(1), z.maximum(MAX_ATTACHMENT_BYTES)),
})

/** A form by which S3 takes a file. */
export const uploadForm = z.strictObject({ url: z.string(), fields: z.record(z.string(), z.string()) })

export const uploadAnswer = z.strictObject({ attachmentId: z.string(), upload: uploadForm })
