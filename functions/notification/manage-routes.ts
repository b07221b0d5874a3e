import type { Tenancy } from '../shared/auth/principal.ts'
import type { Clock } from '../shared/clock.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import type { Keys } from '../shared/secrets/secrets.ts'
import { categoryRoutes, type ListCategories } from './categories/routes.ts'
import { createDocuments, type ReadDocument, type WriteDocument } from './documents.ts'
import { limitRoutes } from './limits.ts'

/** All that the routes read and write: `createManageStore` makes it. */
export interface ManageStore {
  readDocument: ReadDocument
  writeDocument: WriteDocument
  listCategories: ListCategories
}

export interface ManageRoutesOptions {
  store: ManageStore
  limit: Limit
  /** Writes of a tenant. */
  perSecond: number
  keys: Keys
  newId: () => string
  now: Clock
  tenancy: Tenancy
}

/** Builds the routes by which operators, and users for themselves, define what is sent to whom. */
export function manageRoutes({
  store,
  limit,
  perSecond,
  keys,
  newId,
  now,
  tenancy,
}: ManageRoutesOptions): Record<string, HttpRoute> {
  const common = { tenancy, cursors: createCursors({ keys, randomBytes }) }
  const documents = createDocuments({ read: store.readDocument, write: store.writeDocument, newVersion: newId, now })
  const routes = { ...categoryRoutes({ ...common, documents, list: store.listCategories }) }
  return limitRoutes(routes, { limit, tenancy, perSecond })
}
