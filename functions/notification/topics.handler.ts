import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv, tenancyOfEnvironment } from '../shared/config/env.ts'
import { createIdempotencyStore } from '../shared/data/idempotency-store.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { createTopicStore } from './store/topic-store.ts'
import { topicRoutes } from './topic-routes.ts'

const runtime = createTableRuntime('notification-topics')
const { table, now, random, randomBytes, startTimer, telemetry, logger, newId } = runtime
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
const store = createTopicStore({ ...table, random, startTimer, newId })

const routes = topicRoutes({
  store,
  operations: { store: createIdempotencyStore(table), leaseMs: Number(requiredEnv('TIMEOUT_MS')) + 1000 },
  limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
  perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')),
  keys: keysOfEnvironment(runtime),
  newId,
  randomBytes,
  now,
  tenancy: tenancyOfEnvironment(),
})

export const handler = httpHandler({ ...telemetry, routes })

await prewarm(store.ping)
