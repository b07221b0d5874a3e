import { prewarm } from '../shared/aws/dynamodb.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createFindUnsubscription } from './store/unsubscribe-tokens.ts'
import { createUnsubscribe } from './store/unsubscriptions.ts'
import { unsubscribeRoutes } from './unsubscribe/routes.ts'

const { table, now, telemetry } = createTableRuntime('notification-unsubscribe')
const options = { ...table, now }
const findUnsubscription = createFindUnsubscription(options)

const routes = unsubscribeRoutes({
  findUnsubscription,
  unsubscribe: createUnsubscribe(options),
})

export const handler = httpHandler({ ...telemetry, routes })

await prewarm((signal) => findUnsubscription('none', signal))
