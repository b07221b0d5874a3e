import type { Tenancy } from '../shared/auth/principal.ts'
import { ticketRoute } from '../shared/auth/ticket-route.ts'
import type { Tickets } from '../shared/auth/tickets.ts'
import type { Clock, RandomBytes } from '../shared/clock.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import type { Keys } from '../shared/secrets/secrets.ts'
import type { PushLive } from './domain/live.ts'
import { requireTicketHolder } from './fields.ts'
import { createListInbox, type ReadInbox } from './inbox/list-inbox.ts'
import { inboxRoutes, type MarkInbox } from './inbox/routes.ts'

export interface AllInboxRoutesOptions {
  read: ReadInbox
  mark: MarkInbox
  push: PushLive
  tickets: Pick<Tickets, 'issue'>
  keys: Keys
  randomBytes: RandomBytes
  now: Clock
  tenancy: Tenancy
}

/**
 * Builds the routes that users' clients call, all at once after an outage: they are not limited as writes of the tenant.
 */
export function allInboxRoutes(options: AllInboxRoutesOptions): Record<string, HttpRoute> {
  const { read, mark, push, tickets, keys, randomBytes, now, tenancy } = options
  const cursors = createCursors({ keys, randomBytes })
  return {
    ...inboxRoutes({ list: createListInbox({ read, now }), mark, push, cursors, tenancy }),
    ...ticketRoute({ ...tickets, requireHolder: (request) => requireTicketHolder(request, tenancy) }),
  }
}
