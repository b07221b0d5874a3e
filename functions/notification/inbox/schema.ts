import * as z from 'zod/mini'
import { pageQuery } from '../../shared/http/page-query.ts'
import type { InboxItem } from '../domain/inbox.ts'
import { name, time, toTime } from '../fields.ts'

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
      error: 'must be given instead of all, or all: true instead of ids',
      path: ['ids'],
    }),
  )

export const markAnswer = z.strictObject(counts)

/** Shows an item as every route answers it. */
export function inboxItemView(item: InboxItem): z.output<typeof inboxItemAnswer> {
  const { id, title, body, url, category } = item
  const [seenAt, readAt, archivedAt] = [item.seenAt, item.readAt, item.archivedAt].map((at) =>
    at === null ? null : toTime(at),
  )
  return {
    ...{ id, title, body, ...(url !== null && { url }), category, createdAt: toTime(item.createdAt) },
    ...{ seenAt: seenAt ?? null, readAt: readAt ?? null, archivedAt: archivedAt ?? null },
  }
}
