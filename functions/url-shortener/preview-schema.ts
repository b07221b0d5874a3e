import * as z from 'zod/mini'

/** `GET /{code}+`, asked for as JSON. */
export const previewBody = z.strictObject({
  code: z.string(),
  url: z.nullable(z.string()),
  title: z.nullable(z.string()),
  createdAt: z.string(),
})
