import * as z from 'zod/mini'
import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { moved, type Revise } from '../domain/moves.ts'
import type { NotificationId, Tracked } from '../domain/notification.ts'
import type { ReadEndpoint } from '../domain/person.ts'
import type { Providers, SendResult } from '../domain/provider.ts'

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

/** Has a webhook sent once more that was, or was to be, sent to this endpoint. */
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

export interface RunReplayDeps {
  readEndpoint: ReadEndpoint
  readNotification: ReadNotification
  /** Writes the body as it was sent before; `undefined` if its template, or an item of a digest, was deleted. */
  renderBody: (tracked: Tracked, signal: AbortSignal) => Promise<string | undefined>
  providers: Pick<Providers, 'send'>
  revise: Revise
  now: Clock
}

export type RunReplay = (replay: Replay, signal: AbortSignal) => Promise<void>

/**
 * Sends a webhook once more, under the same id and with the same bytes. The timeline says what became of it; the
 * notification's status stays as it is, since that of the first delivery is final.
 */
export function runReplay({ readNotification, renderBody, providers, revise, now, ...deps }: RunReplayDeps): RunReplay {
  return async ({ tenant, notificationId, endpointId }, signal) => {
    const id = { tenant, id: notificationId }
    const [tracked, endpoint] = await Promise.all([
      readNotification(id, signal),
      deps.readEndpoint({ tenant, endpointId }, signal),
    ])
    if (!tracked || !endpoint?.enabled || !deliveryOf(tracked, endpointId)) return
    const { notification } = tracked
    const body = await renderBody(tracked, signal)
    if (body === undefined) return
    const message = {
      ...({ tenant, notificationId, endpointId, channel: 'webhook', category: notification.category } as const),
      ...{ priority: notification.priority, address: endpoint.address, parts: { body }, headers: {} },
      idempotencyKey: `${notificationId}/webhook/${endpointId}`,
    }
    const result = await providers.send(message, signal)
    const entry = { event: 'replayed', detail: `${endpointId}: ${describe(result)}.` }
    const decide = ({ channels }: Tracked) => {
      const channel = channels.find((one) => one.channel === 'webhook')
      return {
        changes: channel ? { channels: [moved(channel, { at: now(), entries: [entry] })] } : null,
        result: undefined,
      }
    }
    await revise({ id, decide }, signal)
  }
}

function deliveryOf({ channels }: Tracked, endpointId: string) {
  const webhook = channels.find(({ channel }) => channel === 'webhook')
  return webhook?.deliveries.find((delivery) => delivery.endpointId === endpointId)
}

function describe(result: SendResult): string {
  return 'reason' in result ? `${result.outcome}, ${result.reason}` : result.outcome
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
