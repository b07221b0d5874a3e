import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createIdempotencyStore } from '../shared/data/idempotency-store.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import { createReadSubjectStates, createResetSubject } from '../shared/rate-limit/counters/subject-state.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { createRefund } from '../shared/rate-limit/refunds/refund.ts'
import { createSlots } from '../shared/rate-limit/slots/slots.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { managementRoutes } from './management-routes.ts'
import { createPolicyBook } from './policy-book.ts'
import { createReadDenied } from './store/denial-minutes.ts'
import { createPolicyStore } from './store/policy-store.ts'
import { createSlotRecords } from './store/slot-records.ts'

const runtime = createRuntime('rate-limiter-management')
const { now, random, telemetry, logger, newId } = runtime
const table = tableOfEnvironment(runtime)
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
const limits = { ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }
const store = createPolicyStore({ ...table, newToken: newId })

const routes = managementRoutes({
  store,
  find: createPolicyBook({ ...store, budgetMs, startTimer, now, random }),
  limit: createLimiter(limits),
  slots: createSlots(limits),
  records: createSlotRecords({ ...table, now }),
  refund: createRefund({ ...limits, randomBytes }),
  readStates: createReadSubjectStates(limits),
  resetSubject: createResetSubject(table),
  readDenied: createReadDenied(table),
  operations: { store: createIdempotencyStore(table), leaseMs: Number(requiredEnv('TIMEOUT_MS')) + 1000 },
  keys: keysOfEnvironment(runtime),
  now,
  newId,
  tenancy: optionalEnv('TENANCY') === 'single' ? 'single' : 'multi',
  perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')),
  ping: store.ping,
  routeKeys: requiredEnv('HTTP_ROUTES').split(','),
})

export const handler = httpHandler({ ...telemetry, routes })
