import { type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'
import { logCallEvents } from '../aws/create-send.ts'
import { createSqs, type Sqs } from '../aws/sqs.ts'
import { requiredEnv } from '../config/env.ts'
import type { Runtime } from '../runtime.ts'
import { redactText } from '../telemetry/redact-text.ts'

/** A message that no further try would help. */
export interface AsideMessage {
  /** As it came, so that it can be moved back as it is. */
  body: string
  /** The attributes that it came with. */
  attributes?: Record<string, MessageAttributeValue>
  /** For a person; what must not be logged is taken out. */
  reason: string
  /** The same each time it is set aside. */
  id: string
  /** Of a FIFO queue. */
  groupId?: string | undefined
}

/** Sends a message to where a person looks after it. Rejects as `Sqs` does. It may end up there twice. */
export type SetAside = (message: AsideMessage, signal: AbortSignal) => Promise<void>

/** SQS allows ten attributes; two are ours. */
const MAX_FOREIGN_ATTRIBUTES = 8
const MAX_REASON = 500
/** What XML 1.0, and so SQS, has no place for. */
const UNSENDABLE = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g

/**
 * Sets aside to a dead-letter queue; the function needs `sqs:SendMessage` on it. The reason is in the attribute
 * `setAsideReason`, the message's own id in `setAsideId`.
 *
 * @param queueUrl of a FIFO queue where the messages come from one.
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
 * Sets aside to the dead-letter queue that the stack names in `DEAD_LETTER_QUEUE_URL`.
 *
 * @throws Error when the variable is missing.
 */
export function setAsideOfEnvironment({ now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>): SetAside {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  return createSetAside(sqs, requiredEnv('DEAD_LETTER_QUEUE_URL'))
}

/** A message of a queue, as it is set aside. */
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
