import * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { onlyIfAbsent, stale } from '../../shared/http/conditions.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import type { HttpResponse } from '../../shared/http/response.ts'
import { text, validate } from '../../shared/http/validate.ts'
import { refusal, requestedCode } from '../problems.ts'
import type { BlockLink, UnblockLink } from './block-link.ts'
import type { ReportLink } from './report-link.ts'

const MAX_REASON_LENGTH = 500
/** The length of the longest code (`CODE_PATTERN`). Any other text is accepted, like a code without a link. */
const MAX_CODE_LENGTH = 64

/** The reason, which is stored in NFC as all texts are. */
const reason = text(z.normalize('NFC'), z.minLength(1), z.maxLength(MAX_REASON_LENGTH))

/** `PUT /v1/links/{code}/block` */
export const blockBody = z.strictObject({ reason })

/** `POST /v1/reports` */
export const reportBody = z.strictObject({
  code: text(z.minLength(1), z.maxLength(MAX_CODE_LENGTH)),
  reason,
})

export interface ModerationRoutesOptions {
  block: BlockLink
  unblock: UnblockLink
  report: ReportLink
  count: (metric: 'LinkBlocked' | 'LinkReported') => void
  tenancy: Tenancy
}

const ADMIN = 'links:admin'

/** Creates the routes about harmful links: anybody may report them, administrators block them. */
export function moderationRoutes(options: ModerationRoutesOptions): Record<string, HttpRoute> {
  const { block, unblock, report, count, tenancy } = options
  return {
    async 'PUT /v1/links/{code}/block'(request): Promise<HttpResponse> {
      const { tenant, sub } = requirePrincipal(request, ADMIN, tenancy)
      const { reason } = validate(blockBody, jsonBody(request))
      const selector = { tenant, code: requestedCode(request), onlyIfAbsent: onlyIfAbsent(request) }
      const { outcome } = await block({ ...selector, reason, blockedBy: sub, cause: request.cause }, request.signal)
      if (outcome === 'not-found') throw refusal('not-found')
      if (outcome === 'stale') throw stale()
      if (outcome === 'blocked') count('LinkBlocked')
      return { status: 204 }
    },

    async 'DELETE /v1/links/{code}/block'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, ADMIN, tenancy)
      const input = { tenant, code: requestedCode(request), cause: request.cause }
      const { outcome } = await unblock(input, request.signal)
      if (outcome === 'not-found') throw refusal('not-found')
      return { status: 204 }
    },

    async 'POST /v1/reports'(request): Promise<HttpResponse> {
      const body = validate(reportBody, jsonBody(request))
      // The response reveals neither whether the link exists nor whether the report was stored.
      if ((await report({ ...body, cause: request.cause }, request.signal)) === 'stored') count('LinkReported')
      return { status: 202 }
    },
  }
}
