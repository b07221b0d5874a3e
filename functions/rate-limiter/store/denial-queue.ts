import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { logCallEvents } from '../../shared/aws/create-send.ts'
import { createSqs } from '../../shared/aws/sqs.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { SendDenials } from '../check/report-denials.ts'

/** Sends denials to the queue of those who count them. Rejects as `Sqs` does. */
export function createSendDenials(
  { now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>,
  queueUrl: string,
): SendDenials {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  return async (message, signal) => {
    const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
}
