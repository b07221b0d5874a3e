import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import { name, time } from '../fields.ts'

const MAX_IDS = 100

/** `GET /v1/users/{id}/inbox` */
export const inboxQuery = z.strictObject({
  ...pageQuery,
  state: z.optional(z.enum(['unseen', 'unread', 'archived'])),
})

export const inboxItemAnswer = z.strictObject({
  id: z.string(),
  title: z.string(),
  body: z.string(),
  url: z.optional(z.string()),
  category: z.string(),
  createdAt: time,
  seenAt: z.nullable(time),
  readAt: z.nullable(time),
  archivedAt: z.nullable(time),
})

const counts = { unseen: z.int(), unread: z.int() }

export const inboxPage = z.strictObject({
  items: z.array(inboxItemAnswer),
  nextCursor: z.nullable(z.string()),
  ...counts,
})

/** `POST /v1/users/{id}/inbox/mark` */
export const markBody = z
  .strictObject({
    ids: z.optional(z.array(name).check(z.minLength(1), z.maxLength(MAX_IDS))),
    all: z.optional(z.literal(true)),
    as: z.enum(['seen', 'read', 'archived']),
  })
  .check(
    z.refine(({ ids, all }) => (ids === undefined) !== (all === undefined), {
      error: 'must be given, or all: true, but not both',
      path: ['ids'],
    }),
  )

export const markAnswer = z.strictObject(counts)
