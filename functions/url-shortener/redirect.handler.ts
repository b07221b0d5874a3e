import { requiredEnv } from '../shared/config/env.ts'
import { createDynamoDB, prewarm } from '../shared/data/dynamodb.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createLogger } from '../shared/telemetry/logger.ts'
import { createLinkStore } from './link-store.ts'
import { redirectRoute } from './redirect-route.ts'
import { resolveLink } from './resolve-link.ts'

const store = createLinkStore(createDynamoDB({ now: Date.now, random: Math.random }), requiredEnv('TABLE_NAME'))
const redirect = redirectRoute(resolveLink(store))
const now = Date.now

export const handler = httpHandler({
  log: createLogger({ service: 'url-shortener-redirect', now, write: (line) => process.stdout.write(line) }),
  now,
  routes: { 'GET /{code}': redirect, 'HEAD /{code}': redirect },
  headers: { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' },
})

await prewarm(store.ping)
