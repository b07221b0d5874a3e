import { createTickets } from '../shared/auth/tickets.ts'
import { prewarm } from '../shared/aws/dynamodb.ts'
import { tenancyOfEnvironment } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { allInboxRoutes } from './inbox-routes.ts'
import { createMarkInbox } from './store/mark-inbox.ts'
import { pushLiveOfRuntime } from './store/push-live.ts'
import { createReadInbox } from './store/read-inbox.ts'

const runtime = createTableRuntime('notification-inbox')
const { table, now, random, randomBytes, startTimer, telemetry } = runtime
const options = { ...table, now, random, startTimer }
const read = createReadInbox(options)

const routes = allInboxRoutes({
  read,
  mark: createMarkInbox(options),
  push: pushLiveOfRuntime(runtime),
  tickets: createTickets({ ...table, now, randomBytes }),
  keys: keysOfEnvironment(runtime),
  randomBytes,
  now,
  tenancy: tenancyOfEnvironment(),
})

export const handler = httpHandler({ ...telemetry, routes })

await prewarm((signal) => read.head({ tenant: '', userId: '' }, signal))
