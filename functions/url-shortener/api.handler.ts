import { randomBytes } from 'node:crypto'
import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createDynamoDBClient } from '../shared/data/dynamodb-client.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { healthRoute } from '../shared/http/health.ts'
import { unmatchedRoute } from '../shared/http/route-table.ts'
import { randomCode } from '../shared/ids/random-code.ts'
import { createLogger } from '../shared/telemetry/logger.ts'
import { createLink } from './create-link.ts'
import { CODE_LENGTH } from './link-code.ts'
import { createLinkRoute } from './link-routes.ts'
import { createLinkStore } from './link-store.ts'

const publicUrl = requiredEnv('PUBLIC_URL')
const store = createLinkStore(createDynamoDBClient(), requiredEnv('TABLE_NAME'))
const now = Date.now

export const handler = httpHandler({
  log: createLogger({ service: 'url-shortener-api', now, write: (line) => process.stdout.write(line) }),
  now,
  routes: {
    'POST /v1/links': createLinkRoute({
      createLink: createLink({
        insert: store.insert,
        newCode: () => randomCode(CODE_LENGTH, randomBytes),
        newVersion: () => randomBytes(9).toString('base64url'),
        now,
        ownHosts: new Set([publicUrl, requiredEnv('API_URL')].map((url) => new URL(url).hostname)),
      }),
      publicUrl,
      tenancy: optionalEnv('TENANCY') === 'single' ? 'single' : 'multi',
    }),
    'GET /health': healthRoute({ checks: { database: store.ping }, now }),
    $default: unmatchedRoute(requiredEnv('HTTP_ROUTES').split(',')),
  },
})
