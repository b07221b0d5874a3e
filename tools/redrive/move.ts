import type { Message } from '@aws-sdk/client-sqs'
import type { Delivery } from './delivery.ts'

/** What moving needs of a dead-letter queue and of where its messages go. */
export interface Mover {
  /** How many messages it has, about. */
  count: () => Promise<number>
  /** Up to ten, which nobody else then gets for some minutes; none when there seem to be none. */
  receive: (limit: number) => Promise<Message[]>
  plan: (message: Message) => Delivery
  /** Resolves when the other side has it; rejects when that isn't known. */
  deliver: (delivery: Exclude<Delivery, { kind: 'leave' }>) => Promise<void>
  remove: (message: Message) => Promise<void>
  /** Lets others have it again. */
  release: (message: Message) => Promise<void>
}

export interface Moved {
  moved: number
  /** Messages that stay, with the reason. */
  left: { id: string; reason: string }[]
  /** Why it ended early; absent when it didn't. */
  error?: unknown
}

/** SQS asks only some of its servers, so that one empty answer is no proof. */
const EMPTY_ANSWERS = 3

/**
 * Moves the messages back that are there now: at least once each, because a message is removed only after it was
 * delivered. It ends when it has seen as many as there were, so that one which fails again at once isn't moved for ever;
 * and at the first that can't be delivered, so that a FIFO queue keeps its order.
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
  // One that can't be released comes back by itself.
  await Promise.allSettled([...held].map((message) => mover.release(message)))
  return result
}
