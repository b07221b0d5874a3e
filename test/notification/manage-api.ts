import { randomUUID } from 'node:crypto'
import type { LiveFrame } from '../../functions/notification/domain/live.ts'
import { allInboxRoutes } from '../../functions/notification/inbox-routes.ts'
import { manageRoutes } from '../../functions/notification/manage-routes.ts'
import type { UserTask } from '../../functions/notification/people/user-tasks.ts'
import { createManageStore } from '../../functions/notification/store/manage-store.ts'
import { createMarkInbox } from '../../functions/notification/store/mark-inbox.ts'
import { createReadInbox } from '../../functions/notification/store/read-inbox.ts'
import { createTickets } from '../../functions/shared/auth/tickets.ts'
import type { Clock } from '../../functions/shared/clock.ts'
import type { Table } from '../../functions/shared/data/table.ts'
import { httpHandler } from '../../functions/shared/http/handler.ts'
import { randomBytes } from '../../functions/shared/ids/random-bytes.ts'
import { startTimer } from '../../functions/shared/resilience/timer.ts'
import { decided, decision } from '../shared/rate-limit/support/decisions.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../support/cloud.ts'
import { httpEvent, jsonEvent, patientContext } from '../support/events.ts'
import { ownTable } from '../support/own-table.ts'
import { silentTelemetry } from '../support/telemetry.ts'

/** A request: the route with its parameters filled in, as in `PUT /v1/categories/news`. */
export interface Asked {
  body?: unknown
  headers?: Record<string, string>
  query?: string
  /** Claims of the token, where they aren't an operator's. */
  claims?: Record<string, string>
}

/** The management routes over a table, by default one of their own, as API Gateway calls them. */
export async function manageApi({ now = Date.now, ...given }: { now?: Clock; table?: Table } = {}) {
  setFunctionEnvironment()
  const table = given.table ?? { client: patientDynamoDB(), tableName: await ownTable() }
  const store = createManageStore({ ...table, now, random: Math.random, randomBytes, startTimer, newId: randomUUID })
  /** The tasks that the routes sent. */
  const tasks: (UserTask & { delaySeconds: number })[] = []
  /** Everything that the routes sent to live connections. */
  const pushed: { userId: string; frames: readonly LiveFrame[] }[] = []
  const key = { id: 'v1', secret: 'a-secret-of-32-characters-or-more' }
  const inbox = { ...table, now, random: Math.random, startTimer }
  const keys = { signingKey: async () => key, verifyingKey: async () => key }
  const inboxes = allInboxRoutes({
    read: createReadInbox(inbox),
    mark: createMarkInbox(inbox),
    push: async ({ userId }, frames) => void pushed.push({ userId, frames }),
    tickets: createTickets({ ...table, now, randomBytes }),
    ...{ keys, randomBytes, now, tenancy: 'multi' },
  })
  const managed = manageRoutes({
    store,
    sendTask: async (task) => void tasks.push(task),
    limit: async () => decided(decision()),
    perSecond: 50,
    keys,
    newId: randomUUID,
    randomBytes,
    random: Math.random,
    startTimer,
    now,
    tenancy: 'multi',
    judgeUrl: async () => undefined,
  })
  const routes = { ...managed, ...inboxes }
  const handler = httpHandler({ ...silentTelemetry(), routes })
  const templates = Object.keys(routes).map((routeKey) => ({ routeKey, pattern: patternOf(routeKey) }))
  const tenant = newTenant()

  const call = async (line: string, asked: Asked = {}) => {
    const { routeKey, params } = match(templates, line)
    const claims = { sub: 'operator', tenant, scope: 'notify:manage', ...asked.claims }
    const common = { routeKey, path: line.split(' ')[1] ?? '', params, claims, headers: asked.headers ?? {} }
    const options = { ...common, ...(asked.query !== undefined && { rawQuery: asked.query }) }
    const event = asked.body === undefined ? httpEvent(options) : jsonEvent({ ...options, json: asked.body })
    const { statusCode, headers, body } = await handler(event, patientContext())
    return {
      status: statusCode,
      headers: headers ?? {},
      json: body === undefined || body === '' ? undefined : JSON.parse(String(body)),
    }
  }
  return { table, store, tenant, call, tasks, pushed }
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
