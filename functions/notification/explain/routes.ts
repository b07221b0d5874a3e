import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import type { ReadNotification, Tracked } from '../domain/notification.ts'
import { existingName, SEND, toTime } from '../fields.ts'
import { noSuchNotification } from '../problems.ts'
import type { Listed, ListNotifications } from './list-notifications.ts'
import { listNotificationsQuery } from './schema.ts'
import { notificationView, whyView } from './view.ts'

export interface ExplainRoutesOptions {
  read: ReadNotification
  list: ListNotifications
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes that tell what became of notifications, and why. */
export function explainRoutes({ read, list, cursors, tenancy }: ExplainRoutesOptions): Record<string, HttpRoute> {
  const requested = async (request: HttpRequest): Promise<Tracked> => {
    const { tenant } = requirePrincipal(request, SEND, tenancy)
    const id = existingName(request, 'id', noSuchNotification)
    const tracked = await read({ tenant, id }, request.signal)
    if (!tracked) throw noSuchNotification()
    return tracked
  }
  return {
    async 'GET /v1/notifications'(request) {
      const { tenant } = requirePrincipal(request, SEND, tenancy)
      const { limit, cursor, ...filters } = validate(listNotificationsQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'notifications', ...filters } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position && { id: String(position.id), createdAt: Number(position.createdAt) }
      const { items, next } = await list({ tenant, filters, after, limit }, request.signal)
      const nextCursor = next ? await cursors.seal({ ...scope, position: { ...next } }, request.signal) : null
      return json(200, { items: items.map(listedView), nextCursor })
    },

    async 'GET /v1/notifications/{id}'(request) {
      return json(200, notificationView(await requested(request)))
    },

    async 'GET /v1/notifications/{id}/why'(request) {
      return json(200, whyView(await requested(request)))
    },
  }
}

function listedView({ id, status, category, priority, createdAt, userId, reference, channels }: Listed) {
  const statuses = Object.entries(channels).map(([channel, status]) => [channel, { status }])
  return {
    id,
    status,
    category,
    priority,
    createdAt: toTime(createdAt),
    userId: userId ?? null,
    reference,
    channels: Object.fromEntries(statuses),
  }
}
