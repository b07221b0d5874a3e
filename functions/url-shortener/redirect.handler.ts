import { logCallEvents } from '../shared/aws/create-send.ts'
import { createDynamoDB, prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createKeys } from '../shared/secrets/secrets.ts'
import { secretsManagerReader } from '../shared/secrets/secrets-manager-reader.ts'
import { counter, createMetrics } from '../shared/telemetry/metrics.ts'
import { recordEndOnVisit } from './ends/record-end-on-visit.ts'
import { createVisitStore } from './store/click-cap.ts'
import { createRecordEnd } from './store/record-end.ts'
import { createUnlockCookies } from './unlock/cookie.ts'
import { previewLink } from './visit/preview-link.ts'
import { resolveDetails, resolveLink } from './visit/resolve-link.ts'
import { robotsRoute } from './visit/robots-route.ts'
import { redirectRoute } from './visit/route.ts'
import { visitLink } from './visit/visit-link.ts'

const { now, random, telemetry, logger, newId } = createRuntime('url-shortener-redirect')
const table = {
  client: createDynamoDB({ now, random, onEvent: logCallEvents(logger, 'dynamodb') }),
  tableName: requiredEnv('TABLE_NAME'),
}
const { read, readDetails, spend, readCap, ping } = createVisitStore(table)
const readSecret = secretsManagerReader({ secretId: requiredEnv('SIGNING_SECRET'), now, random })
const keys = createKeys({ read: readSecret, now, random })
const metrics = createMetrics({
  namespace: 'Stackyard/UrlShortener',
  names: ['VisitPostponed'],
  stack: requiredEnv('STACK_NAME'),
})
const links = {
  resolve: resolveLink({ read, now, random }),
  resolveDetails: resolveDetails({ read: readDetails, now, random }),
  now,
}

const redirect = redirectRoute({
  visit: visitLink({
    ...links,
    spend,
    readCap,
    recordEnd: recordEndOnVisit({
      recordEnd: createRecordEnd({ ...table, newOperationId: newId, now }),
      logger,
      now,
      random,
    }),
    isUnlocked: createUnlockCookies({ keys, now }).isValid,
  }),
  preview: previewLink(links),
  isFromEdge: edgeCheckOfEnvironment({ now, random, logger }),
  publicUrl: requiredEnv('PUBLIC_URL'),
  count: counter(metrics),
})
const robots = robotsRoute()

export const handler = httpHandler({
  ...telemetry,
  metrics,
  routes: {
    'GET /{code}': redirect,
    'HEAD /{code}': redirect,
    'GET /robots.txt': robots,
    'HEAD /robots.txt': robots,
  },
  headers: { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' },
})

await prewarm(ping)
