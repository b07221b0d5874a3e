import { requiredEnv } from '../shared/config/env.ts'
import { createDynamoDB, logEvents, prewarm } from '../shared/data/dynamodb.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createKeys } from '../shared/secrets/secrets.ts'
import { secretsManagerReader } from '../shared/secrets/secrets-manager-reader.ts'
import { counter, createMetrics } from '../shared/telemetry/metrics.ts'
import { recordEndOnVisit } from './ends/tell-in-passing.ts'
import { createVisitStore } from './store/click-cap.ts'
import { createTellEnd } from './store/end-mark.ts'
import { createUnlockCookies } from './unlock/cookie.ts'
import { previewLink } from './visit/preview-link.ts'
import { resolveDetails, resolveLink } from './visit/resolve-link.ts'
import { robotsRoute } from './visit/robots-route.ts'
import { redirectRoute } from './visit/route.ts'
import { visitLink } from './visit/visit-link.ts'

const { now, random, telemetry, logger, newId } = createRuntime('url-shortener-redirect')
const dynamodb = createDynamoDB({ now, random, onEvent: logEvents(logger) })
const tableName = requiredEnv('TABLE_NAME')
const { read, readDetails, spend, look, ping } = createVisitStore(dynamodb, tableName)
const keys = createKeys({ read: secretsManagerReader({ secretId: requiredEnv('SIGNING_SECRET'), now }), now, random })
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
    readCap: look,
    recordEnd: recordEndOnVisit({
      recordEnd: createTellEnd({ dynamodb, tableName, newOperationId: newId, now }),
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
