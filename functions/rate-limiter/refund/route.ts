import * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import { tenantOfKey } from '../../shared/rate-limit/counters/counter.ts'
import type { VerifyDecision } from '../../shared/rate-limit/refunds/decision-id.ts'
import type { Refund } from '../../shared/rate-limit/refunds/refund.ts'

/** `POST /v1/refund` */
export const refundBody = z.strictObject({ decisionId: z.string().check(z.minLength(1), z.maxLength(16_384)) })
export const refundAnswer = z.strictObject({ refunded: z.int() })

export interface RefundRoutesOptions {
  verify: VerifyDecision
  refund: Refund
  tenancy: Tenancy
}

/** The route that gives back what a decision charged. An id that is none, or another tenant's, charged nothing here. */
export function refundRoutes({ verify, refund, tenancy }: RefundRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'POST /v1/refund'(request) {
      const { tenant } = requirePrincipal(request, 'limits:check', tenancy)
      const { decisionId } = validate(refundBody, jsonBody(request))
      const decision = await verify(decisionId, request.signal)
      const isOwn = decision?.charges.every(({ pk }) => tenantOfKey(pk) === tenant)
      return json(200, { refunded: decision && isOwn ? await refund(decision, request.signal) : 0 })
    },
  }
}
