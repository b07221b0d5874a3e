import { createTickets } from '../shared/auth/tickets.ts'
import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createIdempotencyStore } from '../shared/data/idempotency-store.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { apiRoutes } from './api-routes.ts'
import { SEND_RATE } from './domain/send-rate.ts'
import { createRoomStore } from './store/room-store.ts'

const runtime = createRuntime('chat-api')
const { now, random, telemetry, logger, newId } = runtime
const table = tableOfEnvironment(runtime)
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))

const routes = apiRoutes({
  store: createRoomStore({ ...table, now, random, startTimer, newId, rate: SEND_RATE }),
  tickets: createTickets({ ...table, now, randomBytes }),
  operations: { store: createIdempotencyStore(table), leaseMs: Number(requiredEnv('TIMEOUT_MS')) + 1000 },
  limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
  perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')),
  keys: keysOfEnvironment(runtime),
  newId,
  now,
  tenancy: optionalEnv('TENANCY') === 'single' ? 'single' : 'multi',
  routeKeys: requiredEnv('HTTP_ROUTES').split(','),
})

export const handler = httpHandler({ ...telemetry, routes })
