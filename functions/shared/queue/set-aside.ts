import { type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'
import { logCallEvents } from '../aws/create-send.ts'
import { createSqs, type Sqs } from '../aws/sqs.ts'
import { requiredEnv } from '../config/env.ts'
import type { Runtime } from '../runtime.ts'
import { redactText } from '../telemetry/redact-text.ts'

/** A message that no retry would help. */
export interface AsideMessage {
  /** The body as received, so that the message can be redriven unchanged. */
  body: string
  /** The attributes as received. */
  attributes?: Record<string, MessageAttributeValue>
  /** The reason for an operator; secrets are redacted before it is sent. */
  reason: string
  /** The same each time the message is set aside. */
  id: string
  /** The message group on a FIFO queue. */
  groupId?: string | undefined
}

/** Sends a message to a queue that an operator looks after, perhaps twice. Rejects as `Sqs` does. */
export type SetAside = (message: AsideMessage, signal: AbortSignal) => Promise<void>

/** SQS allows ten attributes, two of which are ours. */
const MAX_FOREIGN_ATTRIBUTES = 8
const MAX_REASON = 500
/** Characters that XML 1.0, and therefore SQS, doesn't allow. */
const UNSENDABLE = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g

/**
 * Sets messages aside in a dead-letter queue, on which the function needs `sqs:SendMessage`. The reason is in the
 * attribute `setAsideReason`, and the message's own id in `setAsideId`.
 *
 * @param queueUrl the URL of a FIFO queue if the messages come from one.
 */
export function createSetAside(sqs: Sqs, queueUrl: string): SetAside {
  const isFifo = queueUrl.endsWith('.fifo')
  return async ({ body, attributes = {}, reason, id, groupId }, signal) => {
    const text = redactText(reason).replace(UNSENDABLE, '?').slice(0, MAX_REASON) || 'unknown'
    const input = {
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: {
        ...Object.fromEntries(Object.entries(attributes).slice(0, MAX_FOREIGN_ATTRIBUTES)),
        setAsideReason: { DataType: 'String', StringValue: text },
        setAsideId: { DataType: 'String', StringValue: id },
      },
      ...(isFifo && { MessageGroupId: groupId ?? id, MessageDeduplicationId: id }),
    }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
}

/**
 * Sets messages aside in the dead-letter queue that the stack names in `DEAD_LETTER_QUEUE_URL`.
 *
 * @throws Error when the variable is missing.
 */
export function setAsideOfEnvironment({ now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>): SetAside {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  return createSetAside(sqs, requiredEnv('DEAD_LETTER_QUEUE_URL'))
}

/** Converts a received message to one that is set aside. */
export function toAside({ messageId, body, attributes, messageAttributes }: SQSRecord, reason: string): AsideMessage {
  const sent = Object.entries(messageAttributes).map(([name, { dataType, stringValue, binaryValue }]) => [
    name,
    {
      DataType: dataType,
      ...(stringValue === undefined
        ? { BinaryValue: Buffer.from(binaryValue ?? '', 'base64') }
        : { StringValue: stringValue }),
    },
  ])
  return { id: messageId, body, reason, attributes: Object.fromEntries(sent), groupId: attributes.MessageGroupId }
}
