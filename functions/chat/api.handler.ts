import { createTickets } from '../shared/auth/tickets.ts'
import { prewarm } from '../shared/aws/dynamodb.ts'
import { filesOfEnvironment } from '../shared/aws/files.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { managementOfEnvironment } from '../shared/http/management-environment.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { apiRoutes } from './api-routes.ts'
import { SEND_RATE } from './domain/send-rate.ts'
import { createRoomStore } from './store/room-store.ts'

const runtime = createTableRuntime('chat-api')
const { table, now, random, randomBytes, startTimer, telemetry, logger, newId } = runtime
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
const options = { ...table, now, random, startTimer, newId, rate: SEND_RATE }
const store = createRoomStore({ ...options, loadFiles: filesOfEnvironment(runtime) })

const routes = apiRoutes({
  ...managementOfEnvironment(runtime),
  store,
  tickets: createTickets({ ...table, now, randomBytes }),
  loadPseudonymiseLater: async () =>
    (await import('./store/pseudonymise-queue.ts')).createPseudonymiseLater(
      runtime,
      requiredEnv('PSEUDONYMISE_QUEUE_URL'),
    ),
  limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
  newId,
})

export const handler = httpHandler({ ...telemetry, routes })

await prewarm(store.ping)
