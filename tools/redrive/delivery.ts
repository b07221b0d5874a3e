import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import type { Origin } from './dead-letters.ts'

/** How one message goes back to where it came from. */
export type Delivery =
  | { kind: 'send'; message: OutgoingMessage }
  /** `asynchronous`: Lambda takes it and keeps it as it keeps any event; else its answer tells whether it went well. */
  | { kind: 'invoke'; payload: unknown; asynchronous: boolean }
  /** Nothing here can move it; the reason is for a person. */
  | { kind: 'leave'; reason: string }

export interface OutgoingMessage {
  MessageBody: string
  MessageAttributes?: Record<string, MessageAttributeValue>
  MessageGroupId?: string
  MessageDeduplicationId?: string
}

const RUNBOOK = 'docs/runbooks.md#outbox-dead-letters'

/** Decides how a dead letter goes back; `Message` as SQS gave it, with all its attributes. */
export function deliveryOf(origin: Origin, message: Message): Delivery {
  switch (origin.kind) {
    case 'queue':
      return { kind: 'send', message: asItCame(message) }
    case 'rule-to-queue':
      // EventBridge's own attributes say why it failed; the target never had them.
      return { kind: 'send', message: { MessageBody: message.Body ?? '' } }
    case 'rule-to-function':
      return toFunction(parse(message.Body))
    case 'outbox':
      return toOutbox(parse(message.Body))
  }
}

/** What functions/shared/queue adds to a message that it sets aside. */
const OURS = ['setAsideReason', 'setAsideId']

function asItCame({ Body = '', MessageAttributes = {}, Attributes = {}, MessageId }: Message): OutgoingMessage {
  const theirs = Object.entries(MessageAttributes).filter(([name]) => !OURS.includes(name))
  return {
    MessageBody: Body,
    ...(theirs.length > 0 && { MessageAttributes: Object.fromEntries(theirs) }),
    ...(Attributes.MessageGroupId && {
      MessageGroupId: Attributes.MessageGroupId,
      // Not the one it had, by which the queue would drop it for five minutes. The same at a second try, though.
      MessageDeduplicationId: `redrive-${MessageId}`,
    }),
  }
}

/** The event itself, where EventBridge failed to deliver it; or Lambda's record of it, where the function failed it. */
function toFunction(body: unknown): Delivery {
  const { requestPayload } = Object(body) as { requestPayload?: unknown }
  const payload = requestPayload ?? body
  if (typeof payload !== 'object' || payload === null) return { kind: 'leave', reason: 'It holds no event.' }
  return { kind: 'invoke', payload, asynchronous: true }
}

/** What functions/shared/events sets aside goes back as the stream's record; Lambda's own record only points to some. */
function toOutbox(body: unknown): Delivery {
  const { keys, image, sequence_number, stream_record_id, DDBStreamBatchInfo } = Object(body) as Record<string, unknown>
  if (DDBStreamBatchInfo) {
    return { kind: 'leave', reason: `It names records of the stream and holds none: see ${RUNBOOK}.` }
  }
  if (!keys || !image) return { kind: 'leave', reason: `It holds no image of the item: see ${RUNBOOK}.` }
  const record = {
    eventID: stream_record_id,
    eventName: 'MODIFY',
    eventSource: 'aws:dynamodb',
    // Without an old image its outbox entry counts as new.
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
