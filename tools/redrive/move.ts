import type { Message } from '@aws-sdk/client-sqs'
import type { Delivery } from './delivery.ts'

/** The operations that moving needs of a dead-letter queue and of its origin. */
export interface Mover {
  /** Returns the approximate number of messages. */
  count: () => Promise<number>
  /** Receives up to ten, which stay hidden from others for some minutes; none if the queue seems to be empty. */
  receive: (limit: number) => Promise<Message[]>
  plan: (message: Message) => Delivery
  /** Resolves when the message has been delivered; rejects when that is unknown. */
  deliver: (delivery: Exclude<Delivery, { kind: 'leave' }>) => Promise<void>
  remove: (message: Message) => Promise<void>
  /** Makes the message visible to others again. */
  release: (message: Message) => Promise<void>
}

export interface Moved {
  moved: number
  /** Messages that stay, with the reason. */
  left: { id: string; reason: string }[]
  /** The reason for an early end; absent without one. */
  error?: unknown
}

/** Empty answers needed in a row: SQS samples only some of its servers, so one proves nothing. */
const EMPTY_ANSWERS = 3

/**
 * Moves back the messages that are there now, each at least once, because a message is removed only after its delivery.
 * Stops after as many messages as there were, so that one which fails again at once isn't moved forever, and at the
 * first that can't be delivered, so that a FIFO queue keeps its order.
 */
export async function moveBack(mover: Mover): Promise<Moved> {
  const result: Moved = { moved: 0, left: [] }
  const held = new Set<Message>()
  const limit = await mover.count()
  try {
    for (let empty = 0; empty < EMPTY_ANSWERS && result.moved + result.left.length < limit; ) {
      const messages = await mover.receive(Math.min(10, limit - result.moved - result.left.length))
      if (messages.length === 0) empty++
      for (const message of messages) held.add(message)
      for (const message of messages) {
        const delivery = mover.plan(message)
        if (delivery.kind === 'leave') {
          result.left.push({ id: message.MessageId ?? '', reason: delivery.reason })
          continue
        }
        await mover.deliver(delivery)
        await mover.remove(message)
        held.delete(message)
        result.moved++
      }
    }
  } catch (error) {
    result.error = error
  }
  // A message that can't be released becomes visible again later.
  await Promise.allSettled([...held].map((message) => mover.release(message)))
  return result
}
