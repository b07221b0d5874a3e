import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import { existingName, MANAGE } from '../fields.ts'
import { endpointDisabled, notFound } from '../problems.ts'
import type { RequestReplay } from './replay.ts'
import type { RotateSecret } from './rotate-secret.ts'
import { replayBody } from './schema.ts'

export interface WebhookRoutesOptions {
  rotate: RotateSecret
  requestReplay: RequestReplay
  tenancy: Tenancy
}

/** The routes of webhooks' endpoints beside those of their users. */
export function webhookRoutes({ rotate, requestReplay, tenancy }: WebhookRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'POST /v1/webhooks/{endpointId}/rotate'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const endpointId = existingName(request, 'endpointId', noSuchWebhook)
      const result = await rotate({ tenant, endpointId }, request.signal)
      if (result.outcome === 'not-found') throw noSuchWebhook()
      return json(200, { secret: result.secret })
    },

    async 'POST /v1/webhooks/{endpointId}/replay'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const endpointId = existingName(request, 'endpointId', noSuchWebhook)
      const { notificationId } = validate(replayBody, jsonBody(request))
      const { correlationId, traceparent } = request.cause
      const cause = { correlationId, traceparent }
      const outcome = await requestReplay({ tenant, notificationId, endpointId, cause }, request.signal)
      if (outcome === 'no-endpoint') throw noSuchWebhook()
      if (outcome === 'no-notification') throw notFound('No such notification was sent to this webhook.')
      if (outcome === 'disabled') throw endpointDisabled()
      return json(202, { endpointId, notificationId })
    },
  }
}

function noSuchWebhook() {
  return notFound('There is no webhook with this id.')
}
