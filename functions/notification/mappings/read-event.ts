import type { ForeignEvent } from './consume-event.ts'

/** The pattern of tenants: keys of the table are made of them. */
const TENANT = /^[A-Za-z0-9._~:@-]{1,128}$/

/**
 * Reads an event from the message that EventBridge puts on a queue. Its `detail` names the tenant; with an `id` of its
 * own a repeated publication is recognised, too.
 *
 * @throws Error that names what is missing, never a value.
 */
export function readForeignEvent(body: unknown): ForeignEvent {
  const envelope = Object(body)
  const detail = Object(envelope.detail)
  const { id = envelope.id, tenant, correlationId, traceparent } = detail
  const type: unknown = envelope['detail-type']
  if (typeof type !== 'string' || typeof id !== 'string' || id === '') throw new Error('The message is not an event')
  if (typeof tenant !== 'string' || !TENANT.test(tenant)) throw new Error('The event names no tenant')
  const isTraced = typeof correlationId === 'string' && typeof traceparent === 'string'
  return { ...{ id, type, tenant, data: detail.data }, ...(isTraced && { correlationId, traceparent }) }
}
