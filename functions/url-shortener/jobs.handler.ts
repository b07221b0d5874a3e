import { prewarm } from '../shared/aws/dynamodb.ts'
import { filesOfEnvironment } from '../shared/aws/files.ts'
import { requiredEnv, tenancyOfEnvironment } from '../shared/config/env.ts'
import { createIdempotencyStore } from '../shared/data/idempotency-store.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { idempotency } from '../shared/http/idempotency.ts'
import { sendMessageOfEnvironment } from '../shared/queue/send-message.ts'
import { limitTenantWrites } from '../shared/rate-limit/http/tenant-writes.ts'
import { exportRoutes } from './export/routes.ts'
import { importRoutes } from './import/routes.ts'
import { createLinkLimit } from './limits.ts'
import { createJobStore } from './store/jobs.ts'
import { createLinkReads } from './store/reads.ts'

const runtime = createTableRuntime('url-shortener-jobs')
const { table, now, random, telemetry, logger, newId } = runtime
const tenancy = tenancyOfEnvironment()
const loadFiles = filesOfEnvironment(runtime)
const leaseMs = Number(requiredEnv('TIMEOUT_MS')) + 1000
const operations = idempotency({ store: createIdempotencyStore(table), leaseMs, newOperationId: newId, now })
const common = { apiUrl: requiredEnv('API_URL'), idempotency: operations, tenancy, now }
const imports = importRoutes({
  ...common,
  jobs: createJobStore(table, 'import'),
  uploadUrl: async (...asked) => (await loadFiles()).uploadUrl(...asked),
})
const exports = exportRoutes({
  ...common,
  jobs: createJobStore(table, 'export'),
  downloadUrl: async (...asked) => (await loadFiles()).downloadUrl(...asked),
  send: sendMessageOfEnvironment(runtime),
})
const limit = createLinkLimit({ ...table, now, random, logger })
const limits = { limit, tenancy, perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')) }

export const handler = httpHandler({ ...telemetry, routes: limitTenantWrites({ ...imports, ...exports }, limits) })

await prewarm(createLinkReads(table).ping)
