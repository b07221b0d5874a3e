import { createHash } from 'node:crypto'
import { type Principal, requirePrincipal, type Tenancy } from '../shared/auth/principal.ts'
import { type HttpRoute, toProblem } from '../shared/http/handler.ts'
import type { Idempotency } from '../shared/http/idempotency.ts'
import { type HttpRequest, jsonBody } from '../shared/http/request.ts'
import { type FieldError, type HttpResponse, json } from '../shared/http/response.ts'
import { validate } from '../shared/http/validate.ts'
import { inParallel } from '../shared/queue/lanes.ts'
import { deadlineSignal } from '../shared/resilience/deadline.ts'
import { startTimer as realTimer, type StartTimer } from '../shared/resilience/timer.ts'
import { errorFields } from '../shared/telemetry/logger.ts'
import type { CreateLink, Inserted } from './create-link.ts'
import type { LinkAnswers } from './link-answer.ts'
import { notCreated } from './link-problems.ts'
import { createLinkBody, createLinksBody } from './link-schema.ts'

export interface CreateRoutesOptions extends LinkAnswers {
  create: CreateLink
  idempotency: Idempotency
  /** For `POST /v1/links/bulk`, whose answer may be too long to keep, or not the last word: see `isFinal`. */
  bulkIdempotency: Idempotency
  count: (metric: 'LinkCreated') => void
  tenancy: Tenancy
  startTimer?: StartTimer
}

const WRITE = 'links:write'

/** Of a bulk: 1 MiB. */
const MAX_BULK_BYTES = 1_048_576
/** Links of a bulk that are made at the same time. */
const BULK_CONCURRENCY = 10
/** What the links of a bulk may take, of the 29 seconds that the function has: the rest is for the answer. */
const BULK_MS = 24_000

/** What became of one link of a bulk. */
interface BulkResult {
  index: number
  status: number
  link?: unknown
  error?: { code: string; message: string; errors?: FieldError[] }
}

/** Whether a repeat of a bulk may get the answer again, rather than another try at the links that could not be made. */
export function isFinal({ status, body }: HttpResponse): boolean {
  const { results = [] } = (status === 207 ? body : {}) as { results?: BulkResult[] }
  return ![status, ...results.map((result) => result.status)].some((one) => one >= 500 || one === 429)
}

/** The routes that make links, one or up to a hundred. */
export function createRoutes(options: CreateRoutesOptions): Record<string, HttpRoute> {
  const { create, idempotency, bulkIdempotency, count, view, answer, locationOf, tenancy } = options
  const { startTimer = realTimer } = options

  /** Makes the link that a body asks for, or throws the problem with it. */
  const createOne = async (body: unknown, { request, principal, operationId }: Asked, signal: AbortSignal) => {
    const { alias, reuse, ...fields } = validate(createLinkBody, body)
    const { tenant, sub } = principal
    const input = { tenant, createdBy: sub, fields, alias, reuse, operationId, cause: request.cause }
    const result = await create(input, signal)
    if (!('state' in result)) throw notCreated(result, alias)
    if (result.outcome === 'created') count('LinkCreated')
    return result
  }

  const createMany = async (bodies: readonly unknown[], asked: Asked): Promise<BulkResult[]> => {
    const { request, operationId } = asked
    const deadline = deadlineSignal({ remainingMs: BULK_MS, reserveMs: 0, startTimer })
    const signal = AbortSignal.any([deadline.signal, request.signal])
    const results: BulkResult[] = []
    try {
      await inParallel([...bodies.entries()], BULK_CONCURRENCY, async ([index, body]) => {
        try {
          // What is not begun in time must not be hashed, either.
          signal.throwIfAborted()
          const made = await createOne(body, { ...asked, operationId: partOf(operationId, index) }, signal)
          results[index] = { index, status: statusOf(made), link: view(made.state) }
        } catch (error) {
          const { status, code, detail: message, errors } = toProblem(error)
          if (status >= 500) request.log('ERROR', 'link of a bulk failed', { index, ...errorFields(error) })
          results[index] = { index, status, error: { code, message, ...(errors && { errors }) } }
        }
      })
    } finally {
      deadline.dispose()
    }
    return results
  }

  return {
    async 'POST /v1/links'(request) {
      const principal = requirePrincipal(request, WRITE, tenancy)
      return idempotency(request, principal, async (operationId) => {
        const made = await createOne(jsonBody(request), { request, principal, operationId }, request.signal)
        return answer(statusOf(made), made.state, { location: locationOf(made.state) })
      })
    },

    async 'POST /v1/links/bulk'(request) {
      const principal = requirePrincipal(request, WRITE, tenancy)
      return bulkIdempotency(request, principal, async (operationId) => {
        const { links } = validate(createLinksBody, jsonBody(request, MAX_BULK_BYTES))
        return json(207, { results: await createMany(links, { request, principal, operationId }) })
      })
    },
  }
}

interface Asked {
  request: HttpRequest
  principal: Pick<Principal, 'sub' | 'tenant'>
  operationId: string
}

function statusOf({ outcome }: Inserted): number {
  return outcome === 'created' ? 201 : 200
}

/** The operation that makes one link of a bulk: the same again when the bulk is. */
function partOf(operationId: string, index: number): string {
  return createHash('sha256').update(`${operationId}:link:${index}`).digest('base64url').slice(0, 16)
}
