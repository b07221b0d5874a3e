import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import type { Sqs } from '../../shared/aws/sqs.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import { retry } from '../../shared/resilience/retry.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { SendTurns, Turn } from '../deliver/turn.ts'
import type { Priority } from '../domain/channel.ts'

export interface TurnQueuesOptions {
  sqs: Sqs
  /** Returns the URL of a standard queue. */
  queueUrlOf: (priority: Priority) => string
  now: Clock
  random: Random
  startTimer: StartTimer
}

/** The limit of one request. */
const MAX_ENTRIES = 10

/** The longest delay of SQS. */
const MAX_DELAY_SECONDS = 900

/**
 * Creates what sends turns to the queues of their priorities. Messages of normal and bulk name their tenant, so that SQS
 * serves tenants fairly: one with a long backlog doesn't hold up the others.
 *
 * @throws AppError (retryable) when some could not be sent after several tries, and what `Sqs` throws: whoever sends all
 * of them again may send some twice.
 */
export function createSendTurns({ sqs, queueUrlOf, now, random, startTimer }: TurnQueuesOptions): SendTurns {
  const untilAllAreSent = retry({ maxAttempts: 4, baseMs: 50, capMs: 1000, startTimer, random })

  async function sendSome(QueueUrl: string, turns: readonly Turn[], signal: AbortSignal): Promise<void> {
    let left = turns.map((turn, index) => toEntry(turn, index, now()))
    await untilAllAreSent(async (inner) => {
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: left }), {
        signal: inner,
      })
      const failed = new Set(Failed.map(({ Id }) => Id))
      left = left.filter(({ Id }) => failed.has(Id))
      if (left.length > 0) {
        const message = `SQS refused ${left.length} messages: ${Failed[0]?.Code}`
        throw new AppError('dependency-failed', message, { retryable: true })
      }
    }, signal)
  }

  return async (turns, signal) => {
    const byPriority = Map.groupBy(turns, ({ priority }) => priority)
    // Critical turns leave first.
    for (const priority of ['critical', 'normal', 'bulk'] as const) {
      const some = byPriority.get(priority) ?? []
      for (let start = 0; start < some.length; start += MAX_ENTRIES) {
        await sendSome(queueUrlOf(priority), some.slice(start, start + MAX_ENTRIES), signal)
      }
    }
  }
}

function toEntry(turn: Turn, index: number, now: number): SendMessageBatchRequestEntry {
  const delay = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil((turn.dueAt - now) / 1000)))
  return {
    Id: String(index),
    MessageBody: JSON.stringify(turn),
    DelaySeconds: delay,
    ...(turn.priority !== 'critical' && { MessageGroupId: turn.tenant }),
  }
}
