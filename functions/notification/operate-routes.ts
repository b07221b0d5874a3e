import type { Tenancy } from '../shared/auth/principal.ts'
import type { Clock, RandomBytes } from '../shared/clock.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import { limitTenantWrites } from '../shared/rate-limit/http/tenant-writes.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import type { FleetBreakerStore } from '../shared/resilience/fleet-breaker.ts'
import { createSettle, type SettleOptions } from '../shared/resilience/settle.ts'
import { createDocuments, type DocumentsDeps } from './documents.ts'
import type { ReadEndpoint } from './domain/person.ts'
import { mappingRoutes } from './mappings/routes.ts'
import { type DeployedProvider, listProviders } from './operate/list-providers.ts'
import { operateRoutes, type Queues } from './operate/routes.ts'
import { type ReadNotification, requestReplay, type SendReplay } from './webhooks/replay.ts'
import { type ReplaceEndpoint, rotateSecret } from './webhooks/rotate-secret.ts'
import { webhookRoutes } from './webhooks/routes.ts'

/** All that the routes read and write: `createOperateStore` makes it. */
export interface OperateStore {
  readEndpoint: ReadEndpoint
  replaceEndpoint: ReplaceEndpoint
  readNotification: ReadNotification
  breakers: Pick<FleetBreakerStore, 'read'>
  documents: Pick<DocumentsDeps, 'read' | 'write'>
  /** Proves that the table answers. */
  ping: (signal: AbortSignal) => Promise<void>
}

export interface OperateRoutesOptions extends SettleOptions {
  store: OperateStore
  providers: readonly DeployedProvider[]
  queues: Queues
  sendReplay: SendReplay
  limit: Limit
  /** Writes of a tenant. */
  perSecond: number
  newId: () => string
  randomBytes: RandomBytes
  now: Clock
  tenancy: Tenancy
}

/** Builds the routes by which operators look after providers, webhooks, mappings and queues. */
export function createOperateRoutes(options: OperateRoutesOptions): Record<string, HttpRoute> {
  const { store, providers, queues, sendReplay, limit, perSecond, newId, randomBytes, now, tenancy } = options
  const { readEndpoint, replaceEndpoint: replace } = store
  const settle = createSettle(options)
  const routes = {
    ...operateRoutes({ listProviders: listProviders({ providers, breakers: store.breakers }), queues, now, tenancy }),
    ...webhookRoutes({
      rotate: rotateSecret({ read: readEndpoint, replace, settle, randomBytes, newVersion: newId, now }),
      requestReplay: requestReplay({ ...store, sendReplay }),
      tenancy,
    }),
    ...mappingRoutes({ documents: createDocuments({ ...store.documents, settle, newVersion: newId, now }), tenancy }),
  }
  return limitTenantWrites(routes, { limit, tenancy, perSecond })
}
