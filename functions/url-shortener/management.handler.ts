import { prewarm } from '../shared/aws/dynamodb.ts'
import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { managementOfEnvironment } from '../shared/http/management-environment.ts'
import { counter, metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { createClientOf } from './client-address.ts'
import { createLinkLimit } from './limits.ts'
import { managementRoutes } from './management-routes.ts'
import { createBlockStore } from './store/blocks.ts'
import { createLinkStore } from './store/link-store.ts'
import { createReportStore } from './store/reports.ts'

const runtime = createTableRuntime('url-shortener-management')
const { table, now, random, telemetry, logger, newId } = runtime
const management = managementOfEnvironment(runtime)
const names = ['LinkCreated', 'LinkBlocked', 'LinkReported'] as const
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/UrlShortener', names })
const transactions = { ...table, random, newToken: newId }
const links = createLinkStore(transactions)
const stores = { store: links, ...createBlockStore(transactions), storeReport: createReportStore(transactions) }
const [apiUrl, publicUrl] = [requiredEnv('API_URL'), requiredEnv('PUBLIC_URL')]
const urls = { apiUrl, publicUrl, ownUrls: [publicUrl, apiUrl, optionalEnv('EDGE_URL') ?? apiUrl] }

const routes = managementRoutes({
  ...management,
  ...stores,
  ...urls,
  newOperationId: newId,
  limit: createLinkLimit({ ...table, now, random, logger }),
  clientOf: createClientOf({ ...management, isFromEdge: edgeCheckOfEnvironment(runtime) }),
  ping: links.ping,
  count: counter(metrics),
})

export const handler = httpHandler({ ...telemetry, metrics, routes })

await prewarm(links.ping)
