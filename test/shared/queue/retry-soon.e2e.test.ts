import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'
import { createSqs } from '../../../functions/shared/aws/sqs.ts'
import { QUEUE_METRICS, queueHandler } from '../../../functions/shared/queue/queue-handler.ts'
import { createRetrySoon } from '../../../functions/shared/queue/retry-soon.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { sdkConfig, setFunctionEnvironment } from '../../support/cloud.ts'
import { lambdaContext } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { silentTelemetry } from '../../support/telemetry.ts'

setFunctionEnvironment()
const sqs = new SQSClient(sdkConfig)
const made: string[] = []
afterAll(async () => {
  for (const QueueUrl of made) await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  sqs.destroy()
})

/** A FIFO queue that hides what was received for three minutes, as that of the deliveries does. */
async function fifoQueue(bodies: readonly string[]): Promise<string> {
  const QueueName = `test-${Math.random().toString(36).slice(2)}.fifo`
  const Attributes = { FifoQueue: 'true', VisibilityTimeout: '180' }
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))
  made.push(QueueUrl)
  for (const body of bodies) {
    const input = { QueueUrl, MessageBody: JSON.stringify(body), MessageGroupId: 'room', MessageDeduplicationId: body }
    await sqs.send(new SendMessageCommand(input))
  }
  return QueueUrl
}

async function receive(QueueUrl: string): Promise<SQSRecord[]> {
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const] }
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input))
  return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }) => ({
    ...{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, md5OfBody: '', messageAttributes: {} },
    ...{ eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-west-1:1:q.fifo', awsRegion: 'eu-west-1' },
    attributes: Attributes as unknown as SQSRecord['attributes'],
  }))
}

test('a group whose message fails comes again within seconds, in order, and not after three minutes', async () => {
  const queueUrl = await fifoQueue(['first', 'second', 'third'])
  const handled: unknown[] = []
  const handler = queueHandler({
    ...silentTelemetry(Date.now),
    metrics: createMetrics({ namespace: 'Stackyard/Test', names: QUEUE_METRICS, stack: 'a-stack' }),
    read: (body) => body,
    async handle(message) {
      handled.push(message)
      if (handled.length === 1) throw new Error('an injected fault')
      return undefined
    },
    setAside: () => Promise.reject(new Error('Nothing is poison')),
    messageMs: 1000,
    retrySoon: createRetrySoon(createSqs({ now: Date.now, random: Math.random, tryMs: 20_000 }), queueUrl),
  })
  const first = await eventually(async () => {
    const records = await receive(queueUrl)
    expect(records).not.toEqual([])
    return records
  })
  const { batchItemFailures } = await handler({ Records: first }, lambdaContext())
  expect(batchItemFailures).toHaveLength(first.length)
  const again = await eventually(
    async () => {
      const records = await receive(queueUrl)
      expect(records).not.toEqual([])
      return records
    },
    { deadlineMs: 30_000 },
  )
  expect(again[0]?.messageId).toBe(first[0]?.messageId)
  expect((await handler({ Records: again }, lambdaContext())).batchItemFailures).toEqual([])
  expect(handled.slice(0, 2)).toEqual(['first', 'first'])
})
