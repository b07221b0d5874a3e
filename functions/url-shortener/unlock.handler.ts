import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { createClientOf } from './client-address.ts'
import { createLinkLimit } from './limits.ts'
import { createLinkReads } from './store/reads.ts'
import { createUnlockCookies } from './unlock/cookie.ts'
import { unlockRoute } from './unlock/route.ts'
import { findLock, tryPassword } from './unlock/unlock-link.ts'

const runtime = createTableRuntime('url-shortener-unlock')
const { table, now, random, telemetry, logger } = runtime
const store = createLinkReads(table)
const keys = keysOfEnvironment(runtime)

const unlock = unlockRoute({
  findLock: findLock({ ...store, now }),
  tryPassword: tryPassword({ ...store, ...createUnlockCookies({ keys, now }) }),
  limit: createLinkLimit({ ...table, now, random, logger }),
  clientOf: createClientOf({ keys, now, isFromEdge: edgeCheckOfEnvironment(runtime) }),
  publicUrl: requiredEnv('PUBLIC_URL'),
})

export const handler = httpHandler({
  ...telemetry,
  routes: { 'POST /{code}/unlock': unlock },
  headers: { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' },
})

await prewarm((signal) => Promise.all([store.ping(signal), keys.signingKey(signal)]))
