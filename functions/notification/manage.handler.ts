import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { managementOfEnvironment } from '../shared/http/management-environment.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { manageRoutes } from './manage-routes.ts'
import { createManageStore } from './store/manage-store.ts'

const runtime = createTableRuntime('notification-manage')
const { table, now, random, randomBytes, startTimer, telemetry, logger, newId } = runtime
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
const store = createManageStore({ ...table, now, random, randomBytes })

const routes = manageRoutes({
  ...managementOfEnvironment(runtime),
  store,
  limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
  newId,
  randomBytes,
})

export const handler = httpHandler({ ...telemetry, routes })

await prewarm(store.ping)
