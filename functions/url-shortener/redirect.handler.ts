import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { counter, metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { recordEndOnVisit } from './ends/record-end-on-visit.ts'
import { createVisitStore } from './store/click-cap.ts'
import { lazyClickQueue } from './store/lazy-click-queue.ts'
import { createRecordEnd } from './store/record-end.ts'
import { createReadSalt } from './store/visitor-salt.ts'
import { createUnlockCookies } from './unlock/cookie.ts'
import { recordClick } from './visit/record-click.ts'
import { visitRoutes } from './visit/visit-routes.ts'
import { createVisitorHash } from './visit/visitor-hash.ts'

const runtime = createTableRuntime('url-shortener-redirect')
const { table, now, random, randomBytes, telemetry, newId } = runtime
const names = ['VisitPostponed', 'ClicksLost'] as const
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/UrlShortener', names })
const clicks = lazyClickQueue(runtime, requiredEnv('CLICKS_QUEUE_URL'))
const { hashVisitor, prepare } = createVisitorHash({ readSalt: createReadSalt({ ...table, randomBytes }), now, random })
const deps = { isFromEdge: edgeCheckOfEnvironment(runtime), count: counter(metrics), now, random }

const routes = visitRoutes({
  ...createVisitStore(table),
  recordEnd: recordEndOnVisit({ ...runtime, recordEnd: createRecordEnd({ ...table, newOperationId: newId, now }) }),
  recordClick: recordClick({ ...runtime, ...deps, send: clicks.send, hashVisitor }),
  isUnlocked: createUnlockCookies({ keys: keysOfEnvironment(runtime), now }).isValid,
  publicUrl: requiredEnv('PUBLIC_URL'),
  ...deps,
})
const headers = { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' }

export const handler = httpHandler({ ...telemetry, metrics, routes, headers })

// With an edge, this also reads its secret, which a header that proves nothing makes the check do.
const fromEdge = (signal: AbortSignal) => deps.isFromEdge({ headers: { 'x-origin-secret': 'none' } }, signal)
await Promise.all([prewarm(prepare), prewarm(clicks.load), prewarm(fromEdge)])
