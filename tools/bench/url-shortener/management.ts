import { createCursors } from '../../../functions/shared/http/cursor.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { idempotency } from '../../../functions/shared/http/idempotency.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { createRuntime } from '../../../functions/shared/runtime.ts'
import { counter, createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { NO_DETAILS } from '../../../functions/url-shortener/domain/link.ts'
import { linkAnswers } from '../../../functions/url-shortener/manage/answer.ts'
import { createRoutes } from '../../../functions/url-shortener/manage/create-routes.ts'
import { linkRoutes } from '../../../functions/url-shortener/manage/routes.ts'
import { linkUseCases } from '../../../functions/url-shortener/manage/use-cases.ts'
import { LINK } from './a-link.ts'

const PUBLIC_URL = 'https://example.com'
const { now, newId: newOperationId, telemetry } = createRuntime('bench')
const metrics = createMetrics({ namespace: 'Bench', names: ['LinkCreated'], stack: 'Bench' })

async function unasked(): Promise<never> {
  throw new Error('No case uses this.')
}

const common = {
  ...linkAnswers({ apiUrl: PUBLIC_URL, publicUrl: PUBLIC_URL, now }),
  count: counter(metrics),
  tenancy: 'multi',
} as const

const useCases = linkUseCases({
  store: {
    insert: async ({ state }) => ({ outcome: 'created', state }),
    read: async () => LINK,
    readStates: async (links) => links.map((link) => ({ link, details: NO_DETAILS, clicks: 0 })),
    change: unasked,
    remove: unasked,
    readPage: unasked,
  },
  newOperationId,
  now,
  ownHosts: new Set(['go.example.com']),
  hashPassword: unasked,
})

const operations = idempotency({
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
  newOperationId,
  leaseMs: 30_000,
})

/** Composes the management function as `management.handler.ts` does, with stores that answer at once. */
export const management = httpHandler({
  ...telemetry,
  metrics,
  routes: {
    ...createRoutes({ ...common, create: useCases.create, idempotency: operations, bulkIdempotency: operations }),
    ...linkRoutes({
      ...common,
      useCases,
      cursors: createCursors({ keys: { signingKey: unasked, verifyingKey: unasked }, randomBytes }),
    }),
  },
})
