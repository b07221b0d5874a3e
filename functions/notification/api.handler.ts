import { prewarm } from '../shared/aws/dynamodb.ts'
import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { managementOfEnvironment } from '../shared/http/management-environment.ts'
import { judgeUrlOfEnvironment } from '../shared/outbound/url-rules.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { apiRoutes } from './api-routes.ts'
import { createApiStore } from './store/api-store.ts'
import { createHandOver, HAND_OVER_MS } from './store/hand-over.ts'

const runtime = createTableRuntime('notification-api')
const { table, now, random, startTimer, telemetry, logger, newId } = runtime
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
// A local cloud may be slower than AWS ever is.
const waitMs = Number(optionalEnv('TRY_MS') ?? HAND_OVER_MS)
const queueUrl = requiredEnv('CRITICAL_QUEUE_URL')
const handOver = createHandOver({ queueUrl, waitMs, logger, now, random, startTimer })
const store = createApiStore({ ...table, now, random, startTimer, newId, handOver })

const routes = apiRoutes({
  ...managementOfEnvironment(runtime),
  store,
  limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
  newId,
  startTimer,
  judgeUrl: judgeUrlOfEnvironment(),
  hasOutbox: optionalEnv('OUTBOX') === 'true',
})

export const handler = httpHandler({ ...telemetry, routes })

await prewarm(store.ping)
