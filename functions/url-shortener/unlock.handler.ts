import { requiredEnv } from '../shared/config/env.ts'
import { createDynamoDB, logEvents, prewarm } from '../shared/data/dynamodb.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createKeys } from '../shared/secrets/secrets.ts'
import { secretsManagerReader } from '../shared/secrets/secrets-manager-reader.ts'
import { createClientOf } from './client-address.ts'
import { LIMIT_BUDGET_MS } from './limits.ts'
import { createLinkReads } from './store/reads.ts'
import { createUnlockCookies } from './unlock/cookie.ts'
import { unlockRoute } from './unlock/route.ts'
import { findLock, tryPassword } from './unlock/unlock-link.ts'

const { now, random, telemetry, logger } = createRuntime('url-shortener-unlock')
const dynamodb = createDynamoDB({ now, random, onEvent: logEvents(logger) })
const tableName = requiredEnv('TABLE_NAME')
const store = createLinkReads(dynamodb, tableName)
const keys = createKeys({ read: secretsManagerReader({ secretId: requiredEnv('SIGNING_SECRET'), now }), now, random })

const unlock = unlockRoute({
  findLock: findLock({ ...store, now }),
  tryPassword: tryPassword({ ...store, ...createUnlockCookies({ keys, now }) }),
  limit: createLimiter({
    dynamodb,
    tableName,
    now,
    random,
    startTimer,
    budgetMs: LIMIT_BUDGET_MS,
    onDegraded: logDegraded(logger),
  }),
  clientOf: createClientOf({ keys, now, isFromEdge: edgeCheckOfEnvironment({ now, random, logger }) }),
  publicUrl: requiredEnv('PUBLIC_URL'),
})

export const handler = httpHandler({
  ...telemetry,
  routes: { 'POST /{code}/unlock': unlock },
  headers: { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' },
})

await prewarm((signal) => Promise.all([store.ping(signal), keys.signingKey(signal)]))
