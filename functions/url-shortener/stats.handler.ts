import { prewarm } from '../shared/aws/dynamodb.ts'
import { tenancyOfEnvironment } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { statsRoutes } from './stats/routes.ts'
import { createReadDays } from './store/read-days.ts'
import { createLinkReads } from './store/reads.ts'

const { table, now, telemetry } = createTableRuntime('url-shortener-stats')
const { read, ping } = createLinkReads(table)

const routes = statsRoutes({ readDays: createReadDays(table), read, tenancy: tenancyOfEnvironment(), now })

export const handler = httpHandler({ ...telemetry, routes })

await prewarm(ping)
