import { randomBytes } from 'node:crypto'
import type { Tenancy } from '../../../functions/shared/auth/principal.ts'
import { createCursors } from '../../../functions/shared/http/cursor.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import type { Idempotency } from '../../../functions/shared/http/idempotency.ts'
import type { StartTimer } from '../../../functions/shared/resilience/timer.ts'
import { linkAnswers } from '../../../functions/url-shortener/manage/answer.ts'
import type { CreateLink } from '../../../functions/url-shortener/manage/create-link.ts'
import { createRoutes } from '../../../functions/url-shortener/manage/create-routes.ts'
import { linkRoutes } from '../../../functions/url-shortener/manage/routes.ts'
import type { LinkUseCases } from '../../../functions/url-shortener/manage/use-cases.ts'
import { type httpEvent, lambdaContext, REQUEST_ID } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

export const WRITER = { sub: 'user-1', tenant: 'acme', scope: 'links:write' }
export const READER = { sub: 'user-1', tenant: 'acme', scope: 'links:read' }

/** The cause of every request in these tests, without a trace and always with the same id. */
export const REQUEST_CAUSE = {
  correlationId: REQUEST_ID,
  causationId: null,
  traceparent: `00-${'01'.repeat(16)}-${'01'.repeat(8)}-01`,
}

const KEY = { id: 'key-1', secret: 'secret-of-32-characters-for-a-test' }

const unasked = async (): Promise<never> => {
  throw new Error('Unexpected call.')
}

const runs: Idempotency = async (_request, _principal, operation) => operation('operation-1')

export interface ManagementOptions extends Partial<LinkUseCases> {
  create?: CreateLink
  idempotency?: Idempotency
  bulkIdempotency?: Idempotency
  tenancy?: Tenancy
  startTimer?: StartTimer
}

/** Creates the routes of links over the use cases that a test gives, with real cursors. */
export function managementApi(options: ManagementOptions = {}) {
  const { idempotency = runs, bulkIdempotency = runs, tenancy = 'multi', startTimer, ...given } = options
  const counted: string[] = []
  const useCases = { create: unasked, get: unasked, change: unasked, remove: unasked, list: unasked, ...given }
  const { telemetry, lines } = recordedTelemetry()
  const common = {
    ...linkAnswers({ apiUrl: 'https://api.example', publicUrl: 'https://go.example', now: () => 0 }),
    count: (metric: string) => counted.push(metric),
    tenancy,
  }
  const cursors = createCursors({ keys: { signingKey: async () => KEY, verifyingKey: async () => KEY }, randomBytes })
  const handler = httpHandler({
    ...telemetry,
    routes: {
      ...createRoutes({
        ...common,
        create: useCases.create,
        idempotency,
        bulkIdempotency,
        ...(startTimer && { startTimer }),
      }),
      ...linkRoutes({ ...common, useCases, cursors }),
    },
  })
  const sendText = async (event: ReturnType<typeof httpEvent>) => {
    const { statusCode: status, headers, body: text } = await handler(event, lambdaContext())
    return { status, headers, text }
  }
  const send = async (event: ReturnType<typeof httpEvent>) => {
    const { text, ...answer } = await sendText(event)
    return { ...answer, body: text === undefined ? undefined : JSON.parse(text) }
  }
  return { send, sendText, counted, lines }
}
