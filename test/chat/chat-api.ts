import { randomUUID } from 'node:crypto'
import { apiRoutes } from '../../functions/chat/api-routes.ts'
import type { PseudonymiseStep } from '../../functions/chat/domain/pseudonym.ts'
import { roomCountKey } from '../../functions/chat/store/keys.ts'
import type { RoomStoreOptions } from '../../functions/chat/store/room-store.ts'
import { createTickets } from '../../functions/shared/auth/tickets.ts'
import { createIdempotencyStore } from '../../functions/shared/data/idempotency-store.ts'
import { httpHandler } from '../../functions/shared/http/handler.ts'
import { randomBytes } from '../../functions/shared/ids/random-bytes.ts'
import { decided, decision } from '../shared/rate-limit/support/decisions.ts'
import { newTenant } from '../support/cloud.ts'
import { httpEvent, jsonEvent, patientContext } from '../support/events.ts'
import { silentTelemetry } from '../support/telemetry.ts'
import { roomsTable } from './store/rooms-table.ts'

/** A request of a user: the route with its parameters filled in, as in `PUT /v1/blocks/bob`. */
export interface Asked {
  body?: unknown
  headers?: Record<string, string>
  query?: string
}

/** The routes of the API over a table of their own, as API Gateway calls them. */
export async function chatApi(options: Partial<RoomStoreOptions> = {}) {
  const world = await roomsTable(options)
  const { table, store } = world
  const key = { id: 'v1', secret: 'a-secret-of-32-characters-or-more' }
  const steps: PseudonymiseStep[] = []
  const routes = apiRoutes({
    store,
    tickets: createTickets({ ...table, now: Date.now, randomBytes }),
    operations: { store: createIdempotencyStore(table), leaseMs: 10_000 },
    limit: async () => decided(decision()),
    loadPseudonymiseLater: async () => async (asked) => void steps.push(...asked),
    perSecond: 50,
    keys: { signingKey: async () => key, verifyingKey: async () => key },
    newId: randomUUID,
    now: options.now ?? Date.now,
    tenancy: 'multi',
    routeKeys: [],
  })
  const handler = httpHandler({ ...silentTelemetry(), routes })
  const templates = Object.keys(routes).map((routeKey) => ({ routeKey, pattern: patternOf(routeKey) }))

  /** Returns what a tenant's users call the API by. */
  const tenantOf =
    (tenant: string) =>
    async (user: string, line: string, asked: Asked = {}) => {
      const { routeKey, params } = match(templates, line)
      const claims = { sub: user, tenant, scope: 'chat chat:admin' }
      const common = { routeKey, path: line.split(' ')[1] ?? '', params, claims, headers: asked.headers ?? {} }
      const options = { ...common, ...(asked.query !== undefined && { rawQuery: asked.query }) }
      const event = asked.body === undefined ? httpEvent(options) : jsonEvent({ ...options, json: asked.body })
      const { statusCode, headers, body } = await handler(event, patientContext())
      return {
        status: statusCode,
        headers: headers ?? {},
        json: body === undefined ? undefined : JSON.parse(String(body)),
      }
    }
  const tenant = newTenant()
  /** Reads the counter of a user's rooms. */
  const countedRooms = async (user: string) =>
    Number((await world.itemAt(roomCountKey({ tenant, user })))?.rooms?.N ?? 0)
  return { ...world, tenant, call: tenantOf(tenant), tenantOf, countedRooms, steps }
}

function patternOf(routeKey: string): RegExp {
  return new RegExp(`^${routeKey.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

function match(templates: readonly { routeKey: string; pattern: RegExp }[], line: string) {
  for (const { routeKey, pattern } of templates) {
    const found = pattern.exec(line)
    if (found) return { routeKey, params: { ...found.groups } }
  }
  throw new Error(`No route answers ${line}`)
}
