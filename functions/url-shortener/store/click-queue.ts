import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { logCallEvents } from '../../shared/aws/create-send.ts'
import { createSqs } from '../../shared/aws/sqs.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { SendLater } from '../clicks/count-clicks.ts'
import type { SendClick } from '../visit/record-click.ts'

/** SQS delays a message by at most 15 minutes. */
const MAX_DELAY_SECONDS = 900

/** The queue of clicks. Everything rejects as `Sqs` does. */
export interface ClickQueue {
  send: SendClick
  sendLater: SendLater
}

export function createClickQueue(
  { now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>,
  queueUrl: string,
): ClickQueue {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  const send = async (message: object, delaySeconds: number, signal: AbortSignal) => {
    const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify(message), DelaySeconds: delaySeconds }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
  return {
    send: (click, signal) => send(click, 0, signal),
    sendLater(message, at, signal) {
      const seconds = Math.ceil((at - now()) / 1000)
      return send(message, Math.min(Math.max(seconds, 0), MAX_DELAY_SECONDS), signal)
    },
  }
}
