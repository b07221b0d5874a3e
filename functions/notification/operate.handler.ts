import { logCallEvents } from '../shared/aws/create-send.ts'
import { prewarm } from '../shared/aws/dynamodb.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv, tenancyOfEnvironment } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { createOperateRoutes } from './operate-routes.ts'
import { createOperateStore } from './store/operate-store.ts'
import { createQueues } from './store/queues.ts'
import { createSendReplay } from './store/replay-queue.ts'

const runtime = createTableRuntime('notification-operate')
const { table, now, random, randomBytes, startTimer, telemetry, logger, newId } = runtime
const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))

const store = createOperateStore({ ...table, now, random, startTimer, newId, randomBytes })

const routes = createOperateRoutes({
  store,
  providers: JSON.parse(requiredEnv('PROVIDERS')),
  queues: createQueues({ sqs, queues: JSON.parse(requiredEnv('QUEUES')), now }),
  sendReplay: createSendReplay({ sqs, queueUrl: requiredEnv('NORMAL_QUEUE_URL') }),
  limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
  perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')),
  tenancy: tenancyOfEnvironment(),
  ...{ newId, randomBytes, now, random, startTimer },
})

export const handler = httpHandler({ ...telemetry, routes })

await prewarm(store.ping)
