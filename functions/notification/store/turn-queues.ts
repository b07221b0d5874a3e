import type { Clock } from '../../shared/clock.ts'
import { type BatchEntry, createSendBatches, type SendBatchesOptions } from '../../shared/queue/send-batches.ts'
import { MAX_DELAY_SECONDS } from '../../shared/queue/send-message.ts'
import type { SendTurns, Turn } from '../deliver/turn.ts'
import type { Priority } from '../domain/channel.ts'

export interface TurnQueuesOptions extends Omit<SendBatchesOptions, 'queueUrl'> {
  /** Returns the URL of a standard queue. */
  queueUrlOf: (priority: Priority) => string
  now: Clock
}

/**
 * Creates what sends turns to the queues of their priorities. Messages of normal and bulk name their tenant, so that SQS
 * serves tenants fairly: one with a long backlog doesn't hold up the others.
 *
 * @throws as `createSendBatches` does: whoever sends all of the turns again may send some twice.
 */
export function createSendTurns({ queueUrlOf, now, ...options }: TurnQueuesOptions): SendTurns {
  return async (turns, signal) => {
    const byPriority = Map.groupBy(turns, ({ priority }) => priority)
    // Critical turns leave first.
    for (const priority of ['critical', 'normal', 'bulk'] as const) {
      const some = byPriority.get(priority) ?? []
      if (some.length === 0) continue
      const send = createSendBatches({ ...options, queueUrl: queueUrlOf(priority) })
      await send(
        some.map((turn) => toEntry(turn, now())),
        signal,
      )
    }
  }
}

function toEntry(turn: Turn, now: number): BatchEntry {
  const delay = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil((turn.dueAt - now) / 1000)))
  return {
    MessageBody: JSON.stringify(turn),
    DelaySeconds: delay,
    ...(turn.priority !== 'critical' && { MessageGroupId: turn.tenant }),
  }
}
