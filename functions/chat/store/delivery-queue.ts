import { createHash } from 'node:crypto'
import { type BatchEntry, createSendBatches, type SendBatchesOptions } from '../../shared/queue/send-batches.ts'
import type { DeliveryMessage } from '../fan-out/message.ts'

/**
 * Creates what sends messages to the workers of shards, in the order of each shard. `queueUrl` is that of a FIFO queue.
 *
 * @throws as `createSendBatches` does: whoever sends all of the messages again sends none twice within 5 minutes.
 */
export function createSendDeliveries(options: SendBatchesOptions) {
  const send = createSendBatches(options)
  return (messages: readonly DeliveryMessage[], signal: AbortSignal): Promise<void> =>
    send(messages.map(toEntry), signal)
}

/** The ids of rooms are random, so that the groups of two tenants differ, too. */
function toEntry(message: DeliveryMessage): BatchEntry {
  const MessageBody = JSON.stringify(message)
  return {
    MessageBody,
    MessageGroupId: `${message.id.room}#${message.shard}`,
    MessageDeduplicationId: createHash('sha256').update(MessageBody).digest('base64url'),
  }
}
