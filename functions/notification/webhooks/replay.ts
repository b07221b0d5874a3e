import * as z from 'zod/mini'
import type { Cause } from '../../shared/events/event.ts'
import type { NotificationId, Tracked } from '../domain/notification.ts'
import type { ReadEndpoint } from '../domain/person.ts'

/** A delivery that is to be sent once more. */
export interface Replay {
  readonly kind: 'replay'
  readonly tenant: string
  readonly notificationId: string
  readonly endpointId: string
  readonly cause: Pick<Cause, 'correlationId' | 'traceparent'>
}

/** Hands a replay to a worker. */
export type SendReplay = (replay: Replay, signal: AbortSignal) => Promise<void>

export type ReadNotification = (id: NotificationId, signal: AbortSignal) => Promise<Tracked | undefined>

export interface RequestReplayDeps {
  readEndpoint: ReadEndpoint
  readNotification: ReadNotification
  sendReplay: SendReplay
}

export type RequestReplay = (
  replay: Omit<Replay, 'kind'>,
  signal: AbortSignal,
) => Promise<'queued' | 'no-endpoint' | 'no-notification' | 'disabled'>

/** Requests that a webhook be sent once more to an endpoint to which it was, or was to be, sent. */
export function requestReplay({ readEndpoint, readNotification, sendReplay }: RequestReplayDeps): RequestReplay {
  return async (replay, signal) => {
    const { tenant, notificationId, endpointId } = replay
    const [endpoint, asked] = await Promise.all([
      readEndpoint({ tenant, endpointId }, signal),
      readNotification({ tenant, id: notificationId }, signal),
    ])
    // An item was sent with its digest, and is again.
    const digestId = asked?.channels.find(({ channel }) => channel === 'webhook')?.digestId ?? null
    const tracked = digestId === null ? asked : await readNotification({ tenant, id: digestId }, signal)
    if (endpoint?.channel !== 'webhook') return 'no-endpoint'
    if (!tracked || !deliveryOf(tracked, endpointId)) return 'no-notification'
    if (!endpoint.enabled) return 'disabled'
    await sendReplay({ kind: 'replay', ...replay, notificationId: tracked.notification.id }, signal)
    return 'queued'
  }
}

/** Returns the delivery of a notification's webhook to an endpoint. */
export function deliveryOf({ channels }: Tracked, endpointId: string) {
  const webhook = channels.find(({ channel }) => channel === 'webhook')
  return webhook?.deliveries.find((delivery) => delivery.endpointId === endpointId)
}

const text = z.string().check(z.minLength(1))
const schema = z.object({
  kind: z.literal('replay'),
  tenant: text,
  notificationId: text,
  endpointId: text,
  cause: z.object({ correlationId: text, traceparent: text }),
})

/** Reads a queue's message; `undefined` if it is none of a replay. */
export function readReplay(body: unknown): Replay | undefined {
  const result = z.safeParse(schema, body)
  return result.success ? result.data : undefined
}
