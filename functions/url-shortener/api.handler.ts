import { randomBytes } from 'node:crypto'
import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createDynamoDB } from '../shared/data/dynamodb.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { healthRoute } from '../shared/http/health.ts'
import { unmatchedRoute } from '../shared/http/route-table.ts'
import { randomCode } from '../shared/ids/random-code.ts'
import { createLogger } from '../shared/telemetry/logger.ts'
import { createLink } from './create-link.ts'
import { CODE_LENGTH } from './link-code.ts'
import { createLinkRoute } from './link-routes.ts'
import { createLinkStore } from './link-store.ts'

const apiUrl = requiredEnv('API_URL')
const publicUrl = requiredEnv('PUBLIC_URL')
const store = createLinkStore(createDynamoDB({ now: Date.now, random: Math.random }), requiredEnv('TABLE_NAME'))
const now = Date.now
const log = createLogger({ service: 'url-shortener-api', now, write: (line) => process.stdout.write(line) })

export const handler = httpHandler({
  log,
  now,
  routes: {
    'POST /v1/links': createLinkRoute({
      createLink: createLink({
        insert: store.insert,
        newCode: () => randomCode(CODE_LENGTH, randomBytes),
        newVersion: () => randomBytes(9).toString('base64url'),
        now,
        ownHosts: new Set([publicUrl, apiUrl].map((url) => new URL(url).hostname)),
      }),
      apiUrl,
      publicUrl,
      tenancy: optionalEnv('TENANCY') === 'single' ? 'single' : 'multi',
    }),
    'GET /health': healthRoute({ checks: { database: store.ping }, now, log }),
    $default: unmatchedRoute(requiredEnv('HTTP_ROUTES').split(',')),
  },
})
