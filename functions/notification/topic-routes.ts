import type { Tenancy } from '../shared/auth/principal.ts'
import type { Clock, RandomBytes } from '../shared/clock.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import { type IdempotencyOptions, idempotency } from '../shared/http/idempotency.ts'
import { limitTenantWrites } from '../shared/rate-limit/http/tenant-writes.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import type { Keys } from '../shared/secrets/secrets.ts'
import type { ReadCategory } from './domain/category.ts'
import type { ReadTemplate } from './domain/template.ts'
import { type Message, readMessageBody } from './send/message.ts'
import { renderTemplate } from './templates/render.ts'
import { broadcastRoutes } from './topics/broadcast-routes.ts'
import { publishMessage, type ReadProgress, type StopBroadcast, type StoreBroadcast } from './topics/publish.ts'
import type { ReadBroadcast } from './topics/run-broadcast.ts'
import { changeSubscriptions, type ReadSubscribers, type SubscribeDeps } from './topics/subscribe.ts'
import { subscriberRoutes } from './topics/subscriber-routes.ts'

/** All that the routes read and write: `createTopicStore` makes it. */
export interface TopicStore extends Omit<SubscribeDeps, 'now'> {
  readSubscribers: ReadSubscribers
  storeBroadcast: StoreBroadcast<Message>
  readBroadcast: ReadBroadcast
  readProgress: ReadProgress
  stopBroadcast: StopBroadcast
  readCategory: ReadCategory
  readTemplate: ReadTemplate
  /** Proves that the table answers. */
  ping: (signal: AbortSignal) => Promise<void>
}

export interface TopicRoutesOptions {
  store: TopicStore
  operations: Pick<IdempotencyOptions, 'store' | 'leaseMs'>
  limit: Limit
  /** Writes of a tenant. */
  perSecond: number
  keys: Keys
  newId: () => string
  randomBytes: RandomBytes
  now: Clock
  tenancy: Tenancy
}

/** Builds the routes of topics, their subscribers and broadcasts. */
export function topicRoutes(options: TopicRoutesOptions): Record<string, HttpRoute> {
  const { store, limit, perSecond, newId, now, tenancy } = options
  const routes = {
    ...subscriberRoutes({
      changes: changeSubscriptions({ ...store, now }),
      readSubscribers: store.readSubscribers,
      cursors: createCursors(options),
      tenancy,
    }),
    ...broadcastRoutes<Message>({
      readMessage: readMessageBody({ ...store, render: renderTemplate, now }),
      publish: publishMessage({ ...store, now }),
      readBroadcast: store.readBroadcast,
      readProgress: store.readProgress,
      stop: store.stopBroadcast,
      idempotency: idempotency({ ...options.operations, now, newOperationId: newId }),
      tenancy,
    }),
  }
  return limitTenantWrites(routes, { limit, tenancy, perSecond })
}
