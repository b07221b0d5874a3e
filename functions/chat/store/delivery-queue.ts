import { createHash } from 'node:crypto'
import type { DeliveryMessage } from '../fan-out/message.ts'
import { createSendEntries, type Entry, type QueueOptions } from './send-entries.ts'

/**
 * Creates what sends messages to the workers of shards, by a FIFO queue, in the order of each shard. It rejects as
 * `createSendEntries` does: whoever sends all of them again sends no message twice within 5 minutes.
 */
export function createSendDeliveries(options: QueueOptions) {
  const send = createSendEntries(options)
  return (messages: readonly DeliveryMessage[], signal: AbortSignal) => send(messages.map(toEntry), signal)
}

/** The ids of rooms are random, so that the groups of two tenants differ, too. */
function toEntry(message: DeliveryMessage): Entry {
  const MessageBody = JSON.stringify(message)
  return {
    MessageBody,
    MessageGroupId: `${message.id.room}#${message.shard}`,
    MessageDeduplicationId: createHash('sha256').update(MessageBody).digest('base64url'),
  }
}
