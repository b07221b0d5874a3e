import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { inParallel } from '../../../functions/shared/queue/lanes.ts'

/** Messages of a batch: the most that SQS takes. */
const BATCH = 10

/** Readers at a time: as many as workers of a bulk. */
const READERS = 20

/**
 * Passes messages of 200 characters through a queue that has nothing around it: in batches, each read and deleted.
 *
 * @returns the messages a second, from the first request to the last deletion.
 */
export async function passThroughQueue(sqs: SQSClient, count: number): Promise<number> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'bare' }))
  const begun = performance.now()
  try {
    const batches = Array.from({ length: count / BATCH }, (_, batch) => batch)
    await inParallel(batches, READERS, async () => {
      const Entries = Array.from({ length: BATCH }, (_, index) => ({ Id: `${index}`, MessageBody: 'x'.repeat(200) }))
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    })
    let left = count
    await inParallel(Array.from({ length: READERS }), READERS, async () => {
      while (left > 0) {
        const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH }))
        const Entries = (received.Messages ?? []).map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }))
        if (Entries.length === 0) continue
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
        left -= Entries.length
      }
    })
    return (count * 1000) / (performance.now() - begun)
  } finally {
    await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  }
}
