import type { Tenancy } from '../shared/auth/principal.ts'
import type { Clock, RandomBytes } from '../shared/clock.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import type { JudgeUrl } from '../shared/outbound/resolve-url.ts'
import { limitTenantWrites } from '../shared/rate-limit/http/tenant-writes.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import { createSettle, type SettleOptions } from '../shared/resilience/settle.ts'
import type { Keys } from '../shared/secrets/secrets.ts'
import { categoryRoutes, type ListCategories } from './categories/routes.ts'
import { createDocuments, type DocumentsDeps } from './documents.ts'
import type { ReadPerson, ReadStanding } from './domain/person.ts'
import type { ReadTemplate } from './domain/template.ts'
import { endpointRoutes, type ListEndpoints } from './people/endpoint-routes.ts'
import { createEraseUser, type EraseItems, type EraseSubscriptions } from './people/erase.ts'
import { createPreferences, type Resubscribe } from './people/preferences.ts'
import { type PutEndpointDeps, putEndpoint, removeEndpoint } from './people/put-endpoint.ts'
import { createPutUser } from './people/put-user.ts'
import { peopleRoutes } from './people/routes.ts'
import { createWithRetime, type SendUserTask } from './people/user-tasks.ts'
import { settingsRoutes } from './settings/routes.ts'
import { type SuppressionRoutesOptions, suppressionRoutes } from './suppressions/routes.ts'
import { putTemplate, type TemplateStore } from './templates/put-template.ts'
import { templateRoutes } from './templates/routes.ts'

/** All that the routes read and write: `createManageStore` makes it. */
export interface ManageStore extends Pick<SuppressionRoutesOptions, 'suppress' | 'unsuppress' | 'listSuppressions'> {
  documents: Pick<DocumentsDeps, 'read' | 'write'>
  listCategories: ListCategories
  endpoints: Pick<PutEndpointDeps, 'read' | 'write'> & { list: ListEndpoints }
  templates: TemplateStore
  readTemplate: ReadTemplate
  readPerson: ReadPerson
  readStanding: ReadStanding
  resubscribe: Resubscribe
  eraseSubscriptions: EraseSubscriptions
  eraseItems: EraseItems
  /** Proves that the table answers. */
  ping: (signal: AbortSignal) => Promise<void>
}

export interface ManageRoutesOptions extends SettleOptions {
  store: ManageStore
  sendTask: SendUserTask
  limit: Limit
  /** Writes of a tenant. */
  perSecond: number
  keys: Keys
  newId: () => string
  randomBytes: RandomBytes
  judgeUrl: JudgeUrl
  now: Clock
  tenancy: Tenancy
}

/** Builds the routes by which operators define, and people decide, what notifications are sent. */
export function manageRoutes(options: ManageRoutesOptions): Record<string, HttpRoute> {
  const { store, sendTask, limit, perSecond, keys, newId, randomBytes, now, tenancy } = options
  const common = { tenancy, cursors: createCursors({ keys, randomBytes }) }
  const settle = createSettle(options)
  const documents = createDocuments({ ...store.documents, settle, newVersion: newId, now })
  const withRetime = createWithRetime({ sendTask, now })
  const endpoints = { ...store.endpoints, settle, newVersion: newId, randomBytes, now }
  const routes = {
    ...categoryRoutes({ ...common, documents, list: store.listCategories }),
    ...templateRoutes({ put: putTemplate({ store: store.templates, settle, now }), read: store.readTemplate, tenancy }),
    ...peopleRoutes({
      put: createPutUser({ documents, withRetime, settle }),
      preferences: createPreferences({ ...store, documents, withRetime, settle }),
      erase: createEraseUser({ ...store, documents, sendTask, now }),
      tenancy,
    }),
    ...endpointRoutes({
      ...common,
      put: putEndpoint(endpoints),
      remove: removeEndpoint(endpoints),
      list: store.endpoints.list,
      judgeUrl: options.judgeUrl,
    }),
    ...suppressionRoutes({ ...store, ...common }),
    ...settingsRoutes({ documents, tenancy }),
  }
  return limitTenantWrites(routes, { limit, tenancy, perSecond })
}
