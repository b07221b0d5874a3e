import type { SQSRecord } from 'aws-lambda'

/**
 * What of a batch has an order: one lane for each message group of a FIFO queue, and one for each message of any other
 * (fair queues have groups, too, but no order).
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

/** Works through `items`, at most `concurrency` of them at a time. `work` must not reject. */
export async function inParallel<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    // All workers take from one iterator.
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}
