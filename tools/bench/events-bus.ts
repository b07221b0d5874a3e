import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { poll } from '../support/processes.ts'
import { clientConfig, type LocalCloud } from '../support/settings.ts'

/** An event as it arrived in a queue. */
export interface Arrival {
  id: string
  subject: string
  sequence: number
  /** The time of arrival in the queue, in milliseconds since the epoch. */
  at: number
}

/** The bus of a stack, with a rule and a queue that belong to the benchmark behind it. */
export interface BenchBus {
  /** Sends one request with one event. */
  put: (source: string, detail: { type: string } & Record<string, unknown>) => Promise<void>
  /** Waits until this many events are in the queue, or the time is up. */
  waitFor: (count: number, withinMs: number) => Promise<boolean>
  /** Waits until another queue is empty. */
  waitUntilEmpty: (queueUrl: string, withinMs: number) => Promise<boolean>
  /** Takes all events out of the queue. Nothing reads it before, because that would slow down the measured path. */
  takeAll: () => Promise<{ arrivals: Arrival[]; details: Record<string, unknown>[] }>
  close: () => void
}

const NAME = 'bench-events'

/** Puts the benchmark's queue on a bus, as another system would, for the events of some sources. */
export async function openBus(cloud: LocalCloud, busName: string, sources: readonly string[]): Promise<BenchBus> {
  const sqs = new SQSClient(clientConfig(cloud))
  const eventBridge = new EventBridgeClient(clientConfig(cloud))
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: NAME }))
  const { QueueArn } = await attributes(sqs, QueueUrl)
  const rule = { EventBusName: busName, EventPattern: JSON.stringify({ source: sources }) }
  await eventBridge.send(new PutRuleCommand({ Name: NAME, ...rule }))
  const target = { Rule: NAME, EventBusName: busName, Targets: [{ Id: NAME, Arn: QueueArn }] }
  await eventBridge.send(new PutTargetsCommand(target))

  return {
    async put(source, detail) {
      const entry = { EventBusName: busName, Source: source, DetailType: detail.type, Detail: JSON.stringify(detail) }
      const { FailedEntryCount } = await eventBridge.send(new PutEventsCommand({ Entries: [entry] }))
      if (FailedEntryCount !== 0) throw new Error('The bus rejected an event.')
    },
    waitFor: (count, withinMs) => poll(async () => (await countOf(sqs, QueueUrl)) >= count, withinMs),
    waitUntilEmpty: (url, withinMs) => poll(async () => (await countOf(sqs, url)) === 0, withinMs),
    takeAll: () => takeAll(sqs, QueueUrl),
    close: () => sqs.destroy(),
  }
}

/** Counts the messages in a queue, including those that a consumer is processing. */
async function countOf(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = await attributes(sqs, queueUrl)
  return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible)
}

async function attributes(sqs: SQSClient, QueueUrl: string): Promise<Record<string, string>> {
  return (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {}
}

async function takeAll(sqs: SQSClient, QueueUrl: string) {
  const messages: Message[] = []
  for (;;) {
    const request = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['SentTimestamp' as const] }
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request))
    if (Messages.length === 0) break
    messages.push(...Messages)
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
  }
  const details = messages.map(({ Body = '' }) => JSON.parse(Body).detail)
  const arrivals = details.map(({ id, subject, sequence }, index): Arrival => {
    return { id, subject, sequence, at: Number(messages[index]?.Attributes?.SentTimestamp) }
  })
  return { arrivals, details }
}
