import { createHash } from 'node:crypto'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { Clock } from '../../shared/clock.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { Idempotency } from '../../shared/http/idempotency.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import { SEND } from '../fields.ts'
import { type BulkDeps, sendBulk } from './bulk.ts'
import { accepted } from './problems.ts'
import { sharedRequest, toRecipient, wrongTimes } from './request.ts'
import { bulkRecipient, newNotificationBody, newNotificationsBody } from './schema.ts'
import { createSend, type SendDeps } from './send.ts'

export interface SendRoutesOptions extends SendDeps, Pick<BulkDeps, 'startTimer'> {
  idempotency: Idempotency
  /** For the bulk, whose answer isn't final while a recipient failed for now. */
  bulkIdempotency: Idempotency
  tenancy: Tenancy
  now: Clock
  startTimer: StartTimer
}

/** The size limit of a bulk: 1 MiB. */
const MAX_BULK_BYTES = 1_048_576

/** The routes that send notifications, to one or to up to 500. */
export function sendRoutes(options: SendRoutesOptions): Record<string, HttpRoute> {
  const { idempotency, bulkIdempotency, tenancy, now, startTimer } = options
  const send = createSend(options)
  return {
    async 'POST /v1/notifications'(request) {
      const { tenant, sub } = requirePrincipal(request, SEND, tenancy)
      const { cause, signal } = request
      return idempotency(request, { tenant, sub }, async (id) => {
        const { to, ...body } = validate(newNotificationBody, jsonBody(request))
        const asked = { ...sharedRequest(body, { tenant, cause }), to: toRecipient(to) }
        const { status } = accepted(await send({ request: asked, id, problem: wrongTimes(asked, now()) }, signal))
        return json(202, { id, status }, { location: `/v1/notifications/${id}` })
      })
    },

    async 'POST /v1/notifications/bulk'(request) {
      const { tenant, sub } = requirePrincipal(request, SEND, tenancy)
      const { cause, signal, logger } = request
      return bulkIdempotency(request, { tenant, sub }, async (operationId) => {
        const { recipients, ...body } = validate(newNotificationsBody, jsonBody(request, MAX_BULK_BYTES))
        const shared = sharedRequest(body, { tenant, cause })
        const parse = (given: unknown) => {
          const { to, key, data } = validate(bulkRecipient, given)
          const id = key === undefined ? undefined : idOf(tenant, sub, key)
          return { id, request: { ...shared, to: toRecipient(to), data: { ...shared.data, ...data } } }
        }
        const deps = { ...options, startTimer, logger }
        return json(207, { results: await sendBulk(deps, { recipients, parse, operationId, shared }, signal) })
      })
    },
  }
}

/** Derives the id of the notification that a recipient's key names, which is the same in every bulk of the caller. */
function idOf(...parts: string[]): string {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(`${part.length}:${part}`)
  return digest.digest('base64url').slice(0, 22)
}
