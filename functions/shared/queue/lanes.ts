import type { SQSRecord } from 'aws-lambda'

/**
 * Splits a batch into lanes whose messages must stay in order: one lane per message group of a FIFO queue, and one per
 * message of any other queue (fair queues have groups, too, but no order).
 */
export function toLanes(records: readonly SQSRecord[]): SQSRecord[][] {
  const lanes = new Map<string, SQSRecord[]>()
  for (const record of records) {
    const { eventSourceARN, messageId, attributes } = record
    const name = eventSourceARN.endsWith('.fifo') ? (attributes.MessageGroupId ?? '') : messageId
    const lane = lanes.get(name)
    if (lane) lane.push(record)
    else lanes.set(name, [record])
  }
  return [...lanes.values()]
}

/** Processes `items`, at most `concurrency` of them at a time. `work` must not reject. */
export async function inParallel<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    // All workers share one iterator.
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}
