import type { Clock } from '../../shared/clock.ts'
import { moved, type Revise } from '../domain/moves.ts'
import type { Tracked } from '../domain/notification.ts'
import type { ReadEndpoint } from '../domain/person.ts'
import type { Providers, SendResult } from '../domain/provider.ts'
import { deliveryOf, type ReadNotification, type Replay } from './replay.ts'

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

function describe(result: SendResult): string {
  return 'reason' in result ? `${result.outcome}, ${result.reason}` : result.outcome
}
