import type * as z from 'zod/mini'
import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { MANAGE_OR_SELF, userNotFound, userParameter } from '../fields.ts'
import { inboxItemAnswer, inboxPage, inboxQuery, markAnswer, markBody } from './schema.ts'

export const inboxSchemas: Record<string, NamedSchema> = {
  InboxItem: {
    schema: inboxItemAnswer,
    description: 'A notification in a user’s inbox. It is kept for 90 days.',
    fields: { url: 'Where it leads.' },
  },
  InboxPage: {
    schema: inboxPage,
    description: 'A part of an inbox, and the counts of all of it.',
    fields: {
      nextCursor: 'The `cursor` of the next page; `null` on the last.',
      unseen: 'Items that nobody has seen, without archived ones.',
      unread: 'Items that nobody has read, without archived ones.',
    },
  },
  InboxMark: {
    schema: markBody,
    description: 'What was done with items, up to a hundred by their ids, or with all that are not archived.',
    fields: { as: '`read` implies seen.' },
  },
  InboxCounts: { schema: markAnswer, description: 'The counts of an inbox.' },
}

const item: z.infer<typeof inboxItemAnswer> = {
  id: '0001773342238005~Zm9yIGV4YW1w',
  title: 'Bob answered',
  body: 'See you at noon.',
  url: 'https://example.com/rooms/7',
  category: 'comments',
  createdAt: '2026-03-12T19:03:58.005Z',
  seenAt: null,
  readAt: null,
  archivedAt: null,
}
const one = { tag: 'Inbox', params: userParameter, scope: MANAGE_OR_SELF }

export const inboxOperations: readonly ApiOperation[] = [
  {
    ...one,
    routeKey: 'GET /v1/users/{id}/inbox',
    id: 'listInbox',
    summary: 'List the inbox of a user, the newest first',
    description: 'Without archived items, unless they are asked for. The ETag changes with anything in the inbox.',
    query: inboxQuery,
    queryFields: { state: { description: 'Which items; without it, all that are not archived.', example: 'unread' } },
    responses: {
      200: {
        description: 'A page of the inbox.',
        body: inboxPage,
        example: { items: [item], nextCursor: null, unseen: 1, unread: 1 },
        headers: ['ETag'],
      },
      404: userNotFound,
    },
  },
  {
    ...one,
    routeKey: 'POST /v1/users/{id}/inbox/mark',
    id: 'markInbox',
    summary: 'Mark items as seen, read or archived',
    description: 'A mark keeps its first time. Unknown ids are ignored.',
    body: markBody,
    example: { ids: [item.id], as: 'read' },
    responses: {
      200: { description: 'The counts afterwards.', body: markAnswer, example: { unseen: 0, unread: 0 } },
      404: userNotFound,
    },
  },
]
