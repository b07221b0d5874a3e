import type { Tenancy } from '../../shared/auth/principal.ts'
import { etag } from '../../shared/http/conditions.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import type { InboxCounts, Mark } from '../domain/inbox.ts'
import type { PushLive } from '../domain/live.ts'
import { requestedUser } from '../fields.ts'
import type { InboxOwner, ListInbox } from './list-inbox.ts'
import { inboxQuery, markBody } from './schema.ts'
import { inboxItemView } from './view.ts'

/** Marks items of an inbox, and returns the counts afterwards. Unknown ids are passed over. */
export type MarkInbox = (
  change: InboxOwner & { which: readonly string[] | 'all'; as: Mark },
  signal: AbortSignal,
) => Promise<InboxCounts>

export interface InboxRoutesOptions {
  list: ListInbox
  mark: MarkInbox
  push: PushLive
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes of a user's inbox. */
export function inboxRoutes({ list, mark, push, cursors, tenancy }: InboxRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'GET /v1/users/{id}/inbox'(request) {
      const { tenant, userId } = requestedUser(request, tenancy)
      const { limit, cursor, state } = validate(inboxQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'inbox', userId, state } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position && String(position.id)
      const page = await list({ tenant, userId, state, after, limit }, request.signal)
      const { items, next, unseen, unread, version } = page
      const nextCursor =
        next === undefined ? null : await cursors.seal({ ...scope, position: { id: next } }, request.signal)
      return json(200, { items: items.map(inboxItemView), nextCursor, unseen, unread }, { etag: etag(version) })
    },

    async 'POST /v1/users/{id}/inbox/mark'(request) {
      const { tenant, userId } = requestedUser(request, tenancy)
      const { ids, as } = validate(markBody, jsonBody(request))
      const { unseen, unread } = await mark({ tenant, userId, which: ids ?? 'all', as }, request.signal)
      await push({ tenant, userId }, [{ t: 'count', unseen, unread }], request.signal)
      return json(200, { unseen, unread })
    },
  }
}
