import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv, tenancyOfEnvironment } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { qrCodeRoute } from './draw/route.ts'
import { createLinkReads } from './store/reads.ts'

const { table, telemetry } = createTableRuntime('url-shortener-qr-code')
const { read, ping } = createLinkReads(table)

const draw = qrCodeRoute({ read, publicUrl: requiredEnv('PUBLIC_URL'), tenancy: tenancyOfEnvironment() })

export const handler = httpHandler({ ...telemetry, routes: { 'GET /v1/links/{code}/qr': draw } })

await prewarm(ping)
