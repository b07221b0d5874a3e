import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { logCallEvents } from '../../shared/aws/create-send.ts'
import { createSqs } from '../../shared/aws/sqs.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { CheckPresenceLater } from '../domain/presence.ts'

/** Creates what asks for checks of presence, by messages that come when they are due. It rejects as `Sqs` does. */
export function createCheckPresenceLater(
  { now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>,
  queueUrl: string,
): CheckPresenceLater {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  return async (check, delayMs, signal) => {
    const DelaySeconds = Math.ceil(delayMs / 1000)
    const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify(check), DelaySeconds }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
}
