import { randomBytes } from 'node:crypto'
import { requiredEnv } from '../shared/config/env.ts'
import { createDynamoDB, logEvents, prewarm } from '../shared/data/dynamodb.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createLogger } from '../shared/telemetry/logger.ts'
import { createLinkReads } from './link-read-store.ts'
import { redirectRoute } from './redirect-route.ts'
import { resolveLink } from './resolve-link.ts'

const now = Date.now
const telemetry = {
  service: 'url-shortener-redirect',
  now,
  write: (line: string) => process.stdout.write(line),
  randomBytes,
}
const store = createLinkReads(
  createDynamoDB({ now, random: Math.random, onEvent: logEvents(createLogger(telemetry)) }),
  requiredEnv('TABLE_NAME'),
)
const redirect = redirectRoute(resolveLink(store))

export const handler = httpHandler({
  ...telemetry,
  routes: { 'GET /{code}': redirect, 'HEAD /{code}': redirect },
  headers: { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' },
})

await prewarm(store.ping)
