import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'

export interface Sent {
  id: string
  body: string
  /** The message group on a FIFO queue. */
  group?: string
}

/** A queue as its event source mapping sees it: what is in flight is hidden, and what is given back comes again. */
export interface QueueModel {
  /**
   * A batch, none of which is in flight; of a FIFO queue no group of which a message is. `undefined`: nothing to get.
   */
  receive: (size: number) => SQSEvent | undefined
  /** Deletes what a batch did; the rest becomes visible, and after too many receives a dead letter. */
  answer: (batch: SQSEvent, response: SQSBatchResponse) => void
  /** A function that was killed or threw deletes nothing. */
  lose: (batch: SQSEvent) => void
  deadLetters: string[]
  isEmpty: () => boolean
}

interface Message extends Sent {
  receives: number
  inFlight: boolean
}

export interface QueueModelOptions {
  sent: readonly Sent[]
  fifo: boolean
  maxReceiveCount: number
  /** Below the number: which of the messages that may come is the next. A FIFO queue has no choice. */
  pick?: (count: number) => number
}

export function queueModel({ sent, fifo, maxReceiveCount, pick = () => 0 }: QueueModelOptions): QueueModel {
  let messages: Message[] = sent.map((one) => ({ ...one, receives: 0, inFlight: false }))
  const deadLetters: string[] = []
  const remove = (id: string) => {
    messages = messages.filter((one) => one.id !== id)
  }
  const giveBack = (id: string) => {
    const message = messages.find((one) => one.id === id)
    if (!message) return
    message.inFlight = false
    if (message.receives < maxReceiveCount) return
    deadLetters.push(id)
    remove(id)
  }
  const answer: QueueModel['answer'] = ({ Records }, { batchItemFailures }) => {
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    for (const { messageId } of Records) failed.has(messageId) ? giveBack(messageId) : remove(messageId)
  }
  return {
    receive(size) {
      const busy = new Set(messages.filter(({ inFlight }) => inFlight).map(({ group }) => group))
      const visible = messages.filter((one) => !one.inFlight && !(fifo && busy.has(one.group)))
      const batch: Message[] = []
      while (batch.length < size && visible.length > 0)
        batch.push(...visible.splice(fifo ? 0 : pick(visible.length), 1))
      for (const message of batch) Object.assign(message, { inFlight: true, receives: message.receives + 1 })
      return batch.length > 0 ? { Records: batch.map((message) => toRecord(message, fifo)) } : undefined
    },
    answer,
    lose: ({ Records }) => {
      for (const { messageId } of Records) giveBack(messageId)
    },
    deadLetters,
    isEmpty: () => messages.length === 0,
  }
}

/** The fields of a message that a test sets; the others are as SQS sends them. */
export function toRecord({ id, body, group, receives = 1 }: Sent & { receives?: number }, fifo = false): SQSRecord {
  return {
    messageId: id,
    receiptHandle: `handle-${id}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '1773342238000',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '1773342238000',
      ...(group !== undefined && { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:eu-central-1:123456789012:a-queue${fifo ? '.fifo' : ''}`,
    awsRegion: 'eu-central-1',
  }
}
