import type { Tenancy } from '../shared/auth/principal.ts'
import { ticketRoute } from '../shared/auth/ticket-route.ts'
import type { Tickets } from '../shared/auth/tickets.ts'
import type { Clock } from '../shared/clock.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import { healthRoute } from '../shared/http/health.ts'
import { type IdempotencyOptions, idempotency } from '../shared/http/idempotency.ts'
import { unmatchedRoute } from '../shared/http/route-table.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import type { Keys } from '../shared/secrets/secrets.ts'
import { type Blocks, blockRoutes } from './blocks/routes.ts'
import { requireTicketHolder } from './fields.ts'
import { type ListEventsDeps, listEvents } from './history/list-events.ts'
import { type ListMessagesDeps, listMessages } from './history/list-messages.ts'
import { type ListThreadDeps, listThread } from './history/list-thread.ts'
import { historyRoutes } from './history/routes.ts'
import { limitRoutes } from './limits.ts'
import { changeMembers } from './members/change-member.ts'
import { listMembers, type ReadMembers, type ReadOnline } from './members/list-members.ts'
import { type StoreNotifyLevel, setNotifyLevel } from './members/notify.ts'
import { memberRoutes } from './members/routes.ts'
import { userRoutes } from './pseudonymise/routes.ts'
import { createStartPseudonymising, type StartPseudonymisingDeps } from './pseudonymise/start.ts'
import { roomRoutes } from './rooms/routes.ts'
import { type RoomUseCasesDeps, roomUseCases } from './rooms/use-cases.ts'
import { messageRoutes } from './send/routes.ts'
import { sendMessage } from './send/send-message.ts'
import { type BeginUploadDeps, beginUpload } from './uploads/begin-upload.ts'
import { type OpenAttachmentDeps, openAttachment } from './uploads/open-attachment.ts'
import { uploadRoutes } from './uploads/routes.ts'

/** All that the routes read and write: `createRoomStore` makes it. */
export interface ApiStore extends Omit<RoomUseCasesDeps, 'newId' | 'now'>, Blocks {
  readMembers: ReadMembers
  readOnline: ReadOnline
  storeNotifyLevel: StoreNotifyLevel
  storePseudonymisation: StartPseudonymisingDeps['storePseudonymisation']
  /** The reads of the lists of messages, threads and events. */
  history: Omit<ListMessagesDeps & ListThreadDeps & ListEventsDeps, 'readMembership' | 'now'>
  /** Records of files, and their content. */
  uploads: Omit<BeginUploadDeps & OpenAttachmentDeps, 'readMembership' | 'newId' | 'now'>
  /** Proves that the table answers. */
  ping: (signal: AbortSignal) => Promise<void>
}

export interface ApiRoutesOptions {
  store: ApiStore
  tickets: Pick<Tickets, 'issue'>
  operations: Pick<IdempotencyOptions, 'store' | 'leaseMs'>
  limit: Limit
  /** Writes of a tenant. */
  perSecond: number
  keys: Keys
  loadPseudonymiseLater: StartPseudonymisingDeps['loadLater']
  newId: () => string
  now: Clock
  tenancy: Tenancy
  /** The routes of the stack, by which unmatched requests are answered. */
  routeKeys: readonly string[]
}

/** Builds all routes, those that change rooms and members behind the limit of a tenant's writes. */
export function apiRoutes(options: ApiRoutesOptions): Record<string, HttpRoute> {
  const { store, limit, perSecond, newId, now, tenancy } = options
  const { read, commit, readMembers, storeNotifyLevel } = store
  const common = { tenancy, cursors: createCursors({ keys: options.keys, randomBytes }) }
  const history = { ...store.history, readMembership: read, now }
  const health = healthRoute({ checks: { database: store.ping }, now })
  const routes = {
    ...roomRoutes({
      ...common,
      ...roomUseCases({ ...store, newId, now }),
      idempotency: idempotency({ ...options.operations, now, newOperationId: newId }),
    }),
    ...memberRoutes({
      ...common,
      ...changeMembers({ commit, read }),
      list: listMembers({ read, readMembers, readOnline: store.readOnline }),
      setNotifyLevel: setNotifyLevel({ read, store: storeNotifyLevel }),
    }),
    ...messageRoutes({ send: sendMessage({ commit, ...store.uploads }), tenancy }),
    ...uploadRoutes({
      begin: beginUpload({ ...store.uploads, readMembership: read, newId, now }),
      open: openAttachment({ ...store.uploads, readMembership: read }),
      tenancy,
    }),
    ...historyRoutes({
      ...common,
      listMessages: listMessages(history),
      listEvents: listEvents(history),
      listThread: listThread(history),
    }),
    ...blockRoutes({ ...store, tenancy }),
    ...userRoutes({
      start: createStartPseudonymising({ ...store, loadLater: options.loadPseudonymiseLater, newId, now }),
      tenancy,
    }),
    ...ticketRoute({ ...options.tickets, requireHolder: (request) => requireTicketHolder(request, tenancy) }),
    'GET /health': health,
    'HEAD /health': health,
    $default: unmatchedRoute(options.routeKeys),
  }
  return limitRoutes(routes, { limit, tenancy, perSecond })
}
