import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import type { Sqs } from '../../shared/aws/sqs.ts'
import type { Clock } from '../../shared/clock.ts'
import type { QueueDepth, Queues } from '../operate/routes.ts'

/** A queue and its dead letters. */
export interface QueueUrls {
  readonly url: string
  readonly deadLettersUrl: string
}

export interface QueuesOptions {
  sqs: Sqs
  /** By name. */
  queues: Readonly<Record<string, QueueUrls>>
  now: Clock
}

/** The limit of one request. */
const MAX_MESSAGES = 10

/** The time for which others don't see a message that is being moved. */
const HIDDEN_SECONDS = 60

/** Attributes that the consumer added when it set a message aside. */
const OURS = ['setAsideReason', 'setAsideId']

/** Creates the view of the queues. All methods reject as `Sqs` does. */
export function createQueues({ sqs, queues, now }: QueuesOptions): Queues {
  const countsOf = async (QueueUrl: string, signal: AbortSignal) => {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] })
    const { Attributes = {} } = await sqs.send(command, { signal })
    const [waiting, delayed, inFlight] = COUNTS.map((name) => Number(Attributes[name] ?? 0)) as [number, number, number]
    return { waiting, delayed, inFlight }
  }
  const urlsOf = (name: string): QueueUrls => {
    const urls = queues[name]
    if (!urls) throw new Error(`There is no queue ${name}`)
    return urls
  }

  return {
    names: Object.keys(queues),
    depths: (signal) =>
      Promise.all(
        Object.entries(queues).map(async ([name, { url, deadLettersUrl }]): Promise<QueueDepth> => {
          const [counts, dead] = await Promise.all([countsOf(url, signal), countsOf(deadLettersUrl, signal)])
          return { name, ...counts, deadLetters: dead.waiting }
        }),
      ),
    async redrive(name, until, signal) {
      const urls = urlsOf(name)
      // Those that fail again while others are moved stay: otherwise it might never end.
      const { waiting } = await countsOf(urls.deadLettersUrl, signal)
      let moved = 0
      while (moved < waiting && now() < until) {
        const messages = await receive(sqs, urls, signal)
        if (messages.length === 0) break
        await Promise.all(messages.map((message) => move(sqs, { message, ...urls }, signal)))
        moved += messages.length
      }
      return moved
    },
  }
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
] as const

async function receive(sqs: Sqs, { deadLettersUrl }: QueueUrls, signal: AbortSignal): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: deadLettersUrl,
    MaxNumberOfMessages: MAX_MESSAGES,
    VisibilityTimeout: HIDDEN_SECONDS,
    // Asks all servers of the queue: a short poll may find none of the messages that are there.
    WaitTimeSeconds: 1,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['MessageGroupId'],
  })
  const { Messages = [] } = await sqs.send(command, { signal, once: true, onceMs: 5000 })
  return Messages
}

/** Sends a message to its queue, and then deletes it: after a crash between the two it is there twice, and lost never. */
async function move(sqs: Sqs, { message, url, deadLettersUrl }: QueueUrls & { message: Message }, signal: AbortSignal) {
  const { Body, MessageAttributes = {}, Attributes, ReceiptHandle } = message
  const attributes = Object.entries(MessageAttributes).filter(([name]) => !OURS.includes(name))
  const group = Attributes?.MessageGroupId
  const input = {
    QueueUrl: url,
    MessageBody: Body ?? '',
    MessageAttributes: Object.fromEntries(attributes),
    ...(group !== undefined && { MessageGroupId: group }),
  }
  await sqs.send(new SendMessageCommand(input), { signal })
  await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLettersUrl, ReceiptHandle }), { signal })
}
