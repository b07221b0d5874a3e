import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { logCallEvents } from '../../shared/aws/create-send.ts'
import { createSqs } from '../../shared/aws/sqs.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { SendDenials } from '../check/report-denials.ts'
import type { PublishLater } from '../denials/count-denials.ts'
import { type MinuteEnd, msUntilPublished } from '../domain/denials.ts'

type Caller = Pick<Runtime, 'now' | 'random' | 'logger'>

/** SQS holds a message back for fifteen minutes at most. */
const MAX_DELAY_SECONDS = 900

/** Sends denials to the queue of those who count them. Rejects as `Sqs` does. */
export function createSendDenials(caller: Caller, queueUrl: string): SendDenials {
  const send = createSendTo(caller, queueUrl)
  return (message, signal) => send(message, 0, signal)
}

/** Sends a message that comes when a minute is over. Rejects as `Sqs` does. */
export function createPublishLater(caller: Caller, queueUrl: string): PublishLater {
  const send = createSendTo(caller, queueUrl)
  return (ended, signal) => {
    const delay = Math.ceil(msUntilPublished(ended.minute, caller.now()) / 1000)
    return send({ ended } satisfies MinuteEnd, Math.min(delay, MAX_DELAY_SECONDS), signal)
  }
}

function createSendTo({ now, random, logger }: Caller, queueUrl: string) {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  return async (body: object, DelaySeconds: number, signal: AbortSignal) => {
    const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify(body), DelaySeconds }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
}
