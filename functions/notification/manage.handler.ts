import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv, tenancyOfEnvironment } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { judgeUrlOfEnvironment } from '../shared/outbound/url-rules.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { manageRoutes } from './manage-routes.ts'
import { sendTaskLater } from './people/user-tasks.ts'
import { createManageStore } from './store/manage-store.ts'

const runtime = createTableRuntime('notification-manage')
const { table, now, random, randomBytes, startTimer, telemetry, logger, newId } = runtime
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
const queueUrl = requiredEnv('USER_TASKS_QUEUE_URL')
const store = createManageStore({ ...table, now, random, randomBytes, startTimer, newId })

const routes = manageRoutes({
  store,
  sendTask: sendTaskLater(async () =>
    (await import('./store/user-tasks-queue.ts')).createSendUserTask(runtime, queueUrl),
  ),
  keys: keysOfEnvironment(runtime),
  tenancy: tenancyOfEnvironment(),
  perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')),
  now,
  limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
  ...{ newId, randomBytes, random, startTimer },
  judgeUrl: judgeUrlOfEnvironment(),
})

export const handler = httpHandler({ ...telemetry, routes })

await prewarm(store.ping)
