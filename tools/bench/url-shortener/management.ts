import { randomBytes } from 'node:crypto'
import { createCursors } from '../../../functions/shared/http/cursor.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { idempotency } from '../../../functions/shared/http/idempotency.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { linkRoutes } from '../../../functions/url-shortener/link-routes.ts'
import { linkUseCases } from '../../../functions/url-shortener/link-use-cases.ts'
import { LINK } from './a-link.ts'

const PUBLIC_URL = 'https://example.com'
const now = Date.now
const newVersion = () => randomBytes(9).toString('base64url')
const metrics = createMetrics({ namespace: 'Bench', names: ['LinkCreated', 'LinkChanged', 'LinkDeleted'], now })

async function unasked(): Promise<never> {
  throw new Error('No case asks for this.')
}

/** The management function as `api.handler.ts` composes it, but for the stores, which answer at once. */
export const management = httpHandler({
  service: 'bench',
  now,
  write: (line) => process.stdout.write(line),
  randomBytes,
  metrics,
  routes: linkRoutes({
    useCases: linkUseCases({
      store: {
        insert: async (link) => link,
        read: async () => LINK,
        change: unasked,
        remove: unasked,
        readPage: unasked,
        ping: unasked,
      },
      newVersion,
      now,
      ownHosts: new Set(['go.example.com']),
    }),
    cursors: createCursors({ keys: { signingKey: unasked, verifyingKey: unasked }, randomBytes }),
    idempotency: idempotency({
      store: {
        begin: async ({ id, attemptId, operationId }) => ({
          outcome: 'started',
          operationId,
          attempt: { id, attemptId },
        }),
        complete: async () => {},
        release: unasked,
      },
      now,
      newOperationId: newVersion,
      leaseMs: 11_000,
    }),
    count: metrics.count,
    apiUrl: PUBLIC_URL,
    publicUrl: PUBLIC_URL,
    tenancy: 'multi',
    now,
  }),
})
