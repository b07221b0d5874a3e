import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { logCallEvents } from '../aws/create-send.ts'
import { createSqs, type Sqs } from '../aws/sqs.ts'
import { requiredEnv } from '../config/env.ts'
import type { Runtime } from '../runtime.ts'

/** The longest delay of a message, in seconds: a limit of SQS. */
export const MAX_DELAY_SECONDS = 900

export interface SendMessageOptions {
  /** The time in milliseconds before a consumer can receive it, up to 15 minutes. @default 0 */
  delayMs?: number
  signal: AbortSignal
}

/** Sends a message, as JSON, to a standard queue, perhaps twice. Rejects as `Sqs` does. */
export type SendMessage = (message: unknown, options: SendMessageOptions) => Promise<void>

export function createSendMessage(sqs: Sqs, queueUrl: string): SendMessage {
  return async (message, { delayMs = 0, signal }) => {
    const input = {
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(message),
      DelaySeconds: Math.min(Math.ceil(delayMs / 1000), MAX_DELAY_SECONDS),
    }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
}

/**
 * Sends messages to the queue that the stack names in `QUEUE_URL`.
 *
 * @throws Error when the variable is missing.
 */
export function sendMessageOfEnvironment({
  now,
  random,
  logger,
}: Pick<Runtime, 'now' | 'random' | 'logger'>): SendMessage {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  return createSendMessage(sqs, requiredEnv('QUEUE_URL'))
}
