import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import type { Origin } from './dead-letters.ts'

/** A way to move one message back to its origin. */
export type Delivery =
  | { kind: 'send'; message: OutgoingMessage }
  /** `asynchronous`: Lambda queues it like any event; otherwise its answer shows if it succeeded. */
  | { kind: 'invoke'; payload: unknown; asynchronous: boolean }
  /** The tool can't move it; the reason is for people. */
  | { kind: 'leave'; reason: string }

export interface OutgoingMessage {
  MessageBody: string
  MessageAttributes?: Record<string, MessageAttributeValue>
  MessageGroupId?: string
  MessageDeduplicationId?: string
}

const RUNBOOK = 'docs/runbooks.md#outbox-dead-letters'

/** Chooses how to move a dead letter back; `Message` as SQS returned it, with all its attributes. */
export function deliveryOf(origin: Origin, message: Message): Delivery {
  switch (origin.kind) {
    case 'queue':
      return { kind: 'send', message: asItCame(message) }
    case 'rule-to-queue':
      // EventBridge's own attributes describe the failure; the target never had them.
      return { kind: 'send', message: { MessageBody: message.Body ?? '' } }
    case 'rule-to-function':
      return toFunction(parse(message.Body))
    case 'outbox':
      return toOutbox(parse(message.Body))
  }
}

/** Attributes that functions/shared/queue adds to a message that it sets aside. */
const OURS = ['setAsideReason', 'setAsideId']

function asItCame({ Body = '', MessageAttributes = {}, Attributes = {}, MessageId }: Message): OutgoingMessage {
  const theirs = Object.entries(MessageAttributes).filter(([name]) => !OURS.includes(name))
  return {
    MessageBody: Body,
    ...(theirs.length > 0 && { MessageAttributes: Object.fromEntries(theirs) }),
    ...(Attributes.MessageGroupId && {
      MessageGroupId: Attributes.MessageGroupId,
      // With the original id, the queue would drop the message for five minutes. Retries of the move use the same new
      // one.
      MessageDeduplicationId: `redrive-${MessageId}`,
    }),
  }
}

/**
 * Moves back the event itself, if EventBridge failed to deliver it, or the event in Lambda's record, if the function
 * failed.
 */
function toFunction(body: unknown): Delivery {
  const { requestPayload } = Object(body) as { requestPayload?: unknown }
  const payload = requestPayload ?? body
  if (typeof payload !== 'object' || payload === null) return { kind: 'leave', reason: 'It contains no event.' }
  return { kind: 'invoke', payload, asynchronous: true }
}

/**
 * Moves a record that functions/shared/events set aside back as the stream's record; Lambda's own record only refers to
 * some.
 */
function toOutbox(body: unknown): Delivery {
  const { keys, image, sequence_number, stream_record_id, DDBStreamBatchInfo } = Object(body) as Record<string, unknown>
  if (DDBStreamBatchInfo) {
    return { kind: 'leave', reason: `It only refers to records of the stream: see ${RUNBOOK}.` }
  }
  if (!keys || !image) return { kind: 'leave', reason: `It contains no image of the item: see ${RUNBOOK}.` }
  const record = {
    eventID: stream_record_id,
    eventName: 'MODIFY',
    eventSource: 'aws:dynamodb',
    // Without an old image, its outbox entry counts as new.
    dynamodb: { Keys: keys, NewImage: image, SequenceNumber: sequence_number },
  }
  return { kind: 'invoke', payload: { Records: [record] }, asynchronous: false }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
