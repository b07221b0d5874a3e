import type { HttpRoute } from '../../functions/shared/http/handler.ts'
import { httpHandler } from '../../functions/shared/http/handler.ts'
import type { Idempotency } from '../../functions/shared/http/idempotency.ts'
import { jsonEvent, lambdaContext } from '../support/events.ts'
import { silentTelemetry } from '../support/telemetry.ts'

/** Takes over a request whose earlier attempt died: the id of the operation, which is the key here, stays the same. */
export const takenOver: Idempotency = (request, _, operation) => operation(request.headers['idempotency-key'] ?? '')

/** Returns what a sender of the tenant `acme` calls routes by, as API Gateway does. */
export function sendCaller(routes: Record<string, HttpRoute>) {
  const handler = httpHandler({ ...silentTelemetry(), routes })
  const claims = { sub: 'shop', tenant: 'acme', scope: 'notify:send' }
  return async (routeKey: string, key: string, json: object) => {
    const params = { topic: 'news' }
    const event = jsonEvent({ routeKey, params, json, claims, headers: { 'idempotency-key': key } })
    const { statusCode: status, body } = await handler(event, lambdaContext())
    return { status, json: JSON.parse(String(body)) }
  }
}
