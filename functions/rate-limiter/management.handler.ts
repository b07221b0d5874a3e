import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { managementOfEnvironment } from '../shared/http/management-environment.ts'
import { createReadSubjectStates, createResetSubject } from '../shared/rate-limit/counters/subject-state.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { createVerifyDecision } from '../shared/rate-limit/refunds/decision-id.ts'
import { createIsKnownKey } from '../shared/rate-limit/refunds/decision-key.ts'
import { createRefund } from '../shared/rate-limit/refunds/refund.ts'
import { createSlots } from '../shared/rate-limit/slots/slots.ts'
import { managementRoutes } from './management-routes.ts'
import { createPolicyBook } from './policy-book.ts'
import { createReadDenied } from './store/denial-minutes.ts'
import { createPolicyStore } from './store/policy-store.ts'
import { createSlotRecords } from './store/slot-records.ts'

const runtime = createTableRuntime('rate-limiter-management')
const { table, now, random, randomBytes, startTimer, telemetry, logger, newId } = runtime
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
const limits = { ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }
const store = createPolicyStore({ ...limits, newToken: newId })
const routes = managementRoutes({
  ...runtime,
  ...managementOfEnvironment(runtime),
  store,
  find: createPolicyBook({ ...store, budgetMs, startTimer, now, random }),
  limit: createLimiter(limits),
  slots: createSlots(limits),
  records: createSlotRecords({ ...table, now }),
  refund: createRefund({ ...limits, randomBytes }),
  verify: createVerifyDecision({ isKnown: createIsKnownKey(table) }),
  readStates: createReadSubjectStates(limits),
  resetSubject: createResetSubject(table),
  readDenied: createReadDenied(table),
  ping: store.ping,
})

export const handler = httpHandler({ ...telemetry, routes })
await prewarm(store.ping)
