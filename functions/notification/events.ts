import * as z from 'zod/mini'
import { defineEvent } from '../shared/events/event-schema.ts'
import { CHANNELS, PRIORITIES } from './domain/channel.ts'
import { STATUSES } from './domain/status.ts'

const data = z.object({
  notification: z.string(),
  /** The status of the whole. */
  status: z.enum(STATUSES),
  category: z.string(),
  priority: z.enum(PRIORITIES),
  /** Absent for a notification to an address. */
  userId: z.optional(z.string()),
  reference: z.nullable(z.string()),
  /** The channels to which it happened. */
  channels: z.array(z.enum(CHANNELS)),
  reason: z.nullable(z.string()),
})

const define = <const Name extends string>(name: Name) =>
  defineEvent({ type: `notification.notification.${name}`, schemaVersion: 1, data })

// Events of a notification, whose subject is its id.
export const accepted = define('accepted')
export const deferred = define('deferred')
export const sent = define('sent')
export const delivered = define('delivered')
export const bounced = define('bounced')
export const failed = define('failed')
export const suppressed = define('suppressed')
export const cancelled = define('cancelled')
export const expired = define('expired')

/** Everything that becomes of a notification. */
export const notificationEvents = [
  accepted,
  deferred,
  sent,
  delivered,
  bounced,
  failed,
  suppressed,
  cancelled,
  expired,
] as const

/** A webhook, or a device's token, to which nothing is sent any more. The subject is the endpoint. */
export const endpointDisabled = defineEvent({
  type: 'notification.endpoint.disabled',
  schemaVersion: 1,
  data: z.object({
    endpointId: z.string(),
    userId: z.string(),
    channel: z.enum(CHANNELS),
    reason: z.enum(['gone', 'failing']),
  }),
})

const provider = z.object({ provider: z.string() })

/** The circuit of a provider, which serves all tenants: the event's tenant is `*`. The subject is the provider. */
export const providerEvents = [
  defineEvent({ type: 'notification.provider.opened', schemaVersion: 1, data: provider }),
  defineEvent({ type: 'notification.provider.closed', schemaVersion: 1, data: provider }),
] as const

/** All events of the system: `npm run openapi` writes their JSON Schemas. */
export const eventDefinitions = [...notificationEvents, endpointDisabled, ...providerEvents]
