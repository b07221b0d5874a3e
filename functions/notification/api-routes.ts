import type { Tenancy } from '../shared/auth/principal.ts'
import type { Clock } from '../shared/clock.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import { healthRoute } from '../shared/http/health.ts'
import { type IdempotencyOptions, idempotency } from '../shared/http/idempotency.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import type { JudgeUrl } from '../shared/outbound/resolve-url.ts'
import { limitTenantWrites } from '../shared/rate-limit/http/tenant-writes.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import type { StartTimer } from '../shared/resilience/timer.ts'
import type { Keys } from '../shared/secrets/secrets.ts'
import { createCancel } from './cancel/cancel.ts'
import { cancelRoutes } from './cancel/routes.ts'
import type { ReadCategory } from './domain/category.ts'
import type { Revise } from './domain/moves.ts'
import type { ReadNotification } from './domain/notification.ts'
import type { ReadPerson } from './domain/person.ts'
import type { ReadTemplate } from './domain/template.ts'
import { createListNotifications, type ReadListed } from './explain/list-notifications.ts'
import { explainRoutes } from './explain/routes.ts'
import { outboxRoutes, type ReadOutbox } from './outbox/route.ts'
import { isFinal } from './send/bulk.ts'
import { sendRoutes } from './send/routes.ts'
import type { StoreNotification } from './send/send.ts'
import { renderTemplate } from './templates/render.ts'
import { unmatchedRouteWithPages } from './unmatched-route.ts'

/** All that the routes read and write: `createApiStore` makes it. */
export interface ApiStore {
  storeNotification: StoreNotification
  read: ReadNotification
  readListed: ReadListed
  readCategory: ReadCategory
  readPerson: ReadPerson
  readTemplate: ReadTemplate
  readOutbox: ReadOutbox
  revise: Revise
  /** Proves that the table answers. */
  ping: (signal: AbortSignal) => Promise<void>
}

export interface ApiRoutesOptions {
  store: ApiStore
  operations: Pick<IdempotencyOptions, 'store' | 'leaseMs'>
  limit: Limit
  /** Writes of a tenant. */
  perSecond: number
  keys: Keys
  newId: () => string
  now: Clock
  startTimer: StartTimer
  tenancy: Tenancy
  hasOutbox: boolean
  judgeUrl: JudgeUrl
  /** The routes of the stack, by which unmatched requests are answered. */
  routeKeys: readonly string[]
}

/** Builds the routes that send, cancel and explain notifications. */
export function apiRoutes(options: ApiRoutesOptions): Record<string, HttpRoute> {
  const { store, limit, perSecond, newId, now, startTimer, tenancy, hasOutbox } = options
  const common = { tenancy, cursors: createCursors({ keys: options.keys, randomBytes }) }
  const operations = { ...options.operations, now, newOperationId: newId }
  const health = healthRoute({ checks: { database: store.ping }, now })
  const routes = {
    ...sendRoutes({
      ...store,
      ...{ tenancy, now, startTimer, render: renderTemplate, judgeUrl: options.judgeUrl },
      store: store.storeNotification,
      idempotency: idempotency(operations),
      bulkIdempotency: idempotency({ ...operations, isFinal }),
    }),
    ...cancelRoutes({ cancel: createCancel({ revise: store.revise, now }), tenancy }),
    ...explainRoutes({ ...common, read: store.read, list: createListNotifications(store.readListed) }),
    ...outboxRoutes({ ...common, readOutbox: store.readOutbox, hasOutbox }),
    'GET /health': health,
    'HEAD /health': health,
    $default: unmatchedRouteWithPages(options.routeKeys),
  }
  return limitTenantWrites(routes, { limit, tenancy, perSecond })
}
