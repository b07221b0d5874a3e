import type { DeliveryMessage } from '../../../functions/chat/fan-out/message.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import type { Faults } from './faults.ts'

/** A FIFO queue in this process, with one group for each shard of a room. */
export interface DeliveryQueue {
  send: (messages: readonly DeliveryMessage[]) => Promise<void>
  /** Resolves when nothing is queued or running. */
  drained: () => Promise<void>
}

/**
 * Creates a queue whose messages may come again, and again while their worker is still running: a worker that takes
 * longer than the visibility timeout is not stopped. A message that fails holds up its group until it succeeds.
 */
export function createDeliveryQueue(
  work: (message: DeliveryMessage) => Promise<unknown>,
  { hits }: Faults,
  random: Random,
): DeliveryQueue {
  const groups = new Map<string, Promise<void>>()
  const late = new Set<Promise<unknown>>()
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, random() * ms))

  async function handle(message: DeliveryMessage): Promise<void> {
    await pause(20)
    for (let isDone = false; !isDone; ) {
      const attempt = work(message).then(
        () => true,
        () => false,
      )
      if (hits('overlapped')) late.add(attempt)
      else isDone = await attempt
      if (isDone && hits('repeated')) isDone = false
    }
  }

  return {
    async send(messages) {
      for (const message of messages) {
        const group = JSON.stringify([message.id, message.shard])
        groups.set(
          group,
          (groups.get(group) ?? Promise.resolve()).then(() => handle(message)),
        )
      }
    },
    async drained() {
      await Promise.all(groups.values())
      await Promise.all(late)
    },
  }
}
