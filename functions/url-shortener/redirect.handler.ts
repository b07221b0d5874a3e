import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { counter, metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { recordEndOnVisit } from './ends/record-end-on-visit.ts'
import { createVisitStore } from './store/click-cap.ts'
import { createRecordEnd } from './store/record-end.ts'
import { createUnlockCookies } from './unlock/cookie.ts'
import { visitRoutes } from './visit/visit-routes.ts'

const runtime = createTableRuntime('url-shortener-redirect')
const { table, now, random, telemetry, newId } = runtime
const store = createVisitStore(table)
const names = ['VisitPostponed'] as const
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/UrlShortener', names })

const routes = visitRoutes({
  ...store,
  recordEnd: recordEndOnVisit({ ...runtime, recordEnd: createRecordEnd({ ...table, newOperationId: newId, now }) }),
  isUnlocked: createUnlockCookies({ keys: keysOfEnvironment(runtime), now }).isValid,
  isFromEdge: edgeCheckOfEnvironment(runtime),
  publicUrl: requiredEnv('PUBLIC_URL'),
  count: counter(metrics),
  now,
  random,
})
const headers = { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' }

export const handler = httpHandler({ ...telemetry, metrics, routes, headers })

await prewarm(store.ping)
