import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { Idempotency } from '../../shared/http/idempotency.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { HttpProblem, type HttpResponse, json, problemResponse } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import { quotaProblem } from '../../shared/rate-limit/http/rate-limit-fields.ts'
import { unknownPolicy } from '../problems.ts'
import type { HoldSlot, ReleaseSlot } from './hold-slot.ts'
import { slotBody } from './schema.ts'
import type { TakeSlot } from './take-slot.ts'

export interface SlotRoutesOptions {
  take: TakeSlot
  hold: HoldSlot
  release: ReleaseSlot
  idempotency: Idempotency
  tenancy: Tenancy
}

const CHECK = 'limits:check'

/** The routes of slots: how many may do something at the same time. */
export function slotRoutes({
  take,
  hold,
  release,
  idempotency,
  tenancy,
}: SlotRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'POST /v1/slots'(request) {
      const principal = requirePrincipal(request, CHECK, tenancy)
      return idempotency(request, principal, async (slotId) => {
        const { policy, subject, ttlMs } = validate(slotBody, jsonBody(request))
        const record = { tenant: principal.tenant, slotId, policy, subject, ttlMs }
        const result = await take(record, request.signal)
        if (result.outcome === 'unknown-policy') throw unknownPolicy(['policy'])
        if (result.outcome === 'not-concurrency') {
          throw invalidInput([{ path: 'policy', message: 'is not a concurrency policy: check it with POST /v1/check' }])
        }
        if (result.outcome === 'denied') return noSlotLeft(request, policy, result)
        return json(201, { slotId, expiresAt: toTime(result.expiresAt) })
      })
    },

    async 'PUT /v1/slots/{id}'(request) {
      const { tenant } = requirePrincipal(request, CHECK, tenancy)
      const expiresAt = await hold({ tenant, slotId: requestedId(request) }, request.signal)
      if (expiresAt === undefined) throw lost()
      return json(200, { expiresAt: toTime(expiresAt) })
    },

    async 'DELETE /v1/slots/{id}'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, CHECK, tenancy)
      if ((await release({ tenant, slotId: requestedId(request) }, request.signal)) === 'not-found') throw lost()
      return { status: 204 }
    },
  }
}

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** Reads the id in the path. What can't be one names no slot. */
function requestedId({ params }: HttpRequest): string {
  if (params.id === undefined || !/^[\w-]{1,128}$/.test(params.id)) throw lost()
  return params.id
}

function lost(): HttpProblem {
  return new HttpProblem({ status: 404, code: 'not-found', detail: 'There is no slot with this id, or it is lost.' })
}

function noSlotLeft(
  { requestId }: HttpRequest,
  policy: string,
  { retryAfterMs, degraded }: { retryAfterMs: number | null; degraded: boolean },
): HttpResponse {
  const decisions = [{ policy, allowed: false, retryAfterMs, degraded }]
  return problemResponse(quotaProblem({ decisions }), requestId)
}
