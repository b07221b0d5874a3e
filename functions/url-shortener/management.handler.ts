import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createIdempotencyStore } from '../shared/data/idempotency-store.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createRuntime } from '../shared/runtime.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { counter, createMetrics } from '../shared/telemetry/metrics.ts'
import { createClientOf } from './client-address.ts'
import { createLinkLimit } from './limits.ts'
import { managementRoutes } from './management-routes.ts'
import { createBlockStore } from './store/blocks.ts'
import { createLinkStore } from './store/link-store.ts'
import { createReportStore } from './store/reports.ts'

const runtime = createRuntime('url-shortener-management')
const { now, random, telemetry, logger, newId } = runtime
const [table, keys] = [tableOfEnvironment(runtime), keysOfEnvironment(runtime)]
const names = ['LinkCreated', 'LinkBlocked', 'LinkReported'] as const
const metrics = createMetrics({ namespace: 'Stackyard/UrlShortener', names, stack: requiredEnv('STACK_NAME') })
const transactions = { ...table, random, newToken: newId }
const links = createLinkStore(transactions)
const stores = { store: links, ...createBlockStore(transactions), storeReport: createReportStore(transactions) }
const [apiUrl, publicUrl] = [requiredEnv('API_URL'), requiredEnv('PUBLIC_URL')]
const urls = { apiUrl, publicUrl, ownUrls: [publicUrl, apiUrl, optionalEnv('EDGE_URL') ?? apiUrl] }

const routes = managementRoutes({
  ...stores,
  ...urls,
  now,
  newOperationId: newId,
  keys,
  operations: { store: createIdempotencyStore(table), leaseMs: Number(requiredEnv('TIMEOUT_MS')) + 1000 },
  tenancy: optionalEnv('TENANCY') === 'single' ? 'single' : 'multi',
  limit: createLinkLimit({ ...table, now, random, logger }),
  perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')),
  clientOf: createClientOf({ keys, now, isFromEdge: edgeCheckOfEnvironment(runtime) }),
  ping: links.ping,
  routeKeys: requiredEnv('HTTP_ROUTES').split(','),
  count: counter(metrics),
})

export const handler = httpHandler({ ...telemetry, metrics, routes })
