import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { Idempotency } from '../../shared/http/idempotency.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { LinkAnswers } from './answer.ts'
import { createLinks } from './create-bulk.ts'
import type { CreateLink, Inserted } from './create-link.ts'
import { type Asked, createOne } from './create-one.ts'
import { createLinksBody } from './schema.ts'

export interface CreateRoutesOptions extends LinkAnswers {
  create: CreateLink
  idempotency: Idempotency
  /** For `POST /v1/links/bulk`, whose response may be too large to store, or not final: see `isFinal`. */
  bulkIdempotency: Idempotency
  count: (metric: 'LinkCreated') => void
  tenancy: Tenancy
  startTimer?: StartTimer
}

const WRITE = 'links:write'

/** The size limit of a bulk: 1 MiB. */
const MAX_BULK_BYTES = 1_048_576

/** Creates the routes that create links, one or up to a hundred. */
export function createRoutes(options: CreateRoutesOptions): Record<string, HttpRoute> {
  const { create, idempotency, bulkIdempotency, count, view, answer, locationOf, tenancy, startTimer } = options

  const createFrom = createOne(create, count)

  return {
    async 'POST /v1/links'(request) {
      const principal = requirePrincipal(request, WRITE, tenancy)
      return idempotency(request, principal, async (operationId) => {
        const asked = { ...askedBy(request, principal), operationId }
        const made = await createFrom(jsonBody(request), asked, request.signal)
        return answer(statusOf(made), made.state, { location: locationOf(made.state) })
      })
    },

    async 'POST /v1/links/bulk'(request) {
      const principal = requirePrincipal(request, WRITE, tenancy)
      return bulkIdempotency(request, principal, async (operationId) => {
        const { links: bodies } = validate(createLinksBody, jsonBody(request, MAX_BULK_BYTES))
        const createPart = async (body: unknown, operationId: string, signal: AbortSignal) => {
          const made = await createFrom(body, { ...askedBy(request, principal), operationId }, signal)
          return { status: statusOf(made), link: view(made.state) }
        }
        const { signal, logger } = request
        return json(207, {
          results: await createLinks({ bodies, operationId, create: createPart, signal, logger }, startTimer),
        })
      })
    },
  }
}

function askedBy({ cause }: HttpRequest, { tenant, sub }: { tenant: string; sub: string }): Omit<Asked, 'operationId'> {
  return { tenant, createdBy: sub, cause }
}

function statusOf({ outcome }: Inserted): number {
  return outcome === 'created' ? 201 : 200
}
