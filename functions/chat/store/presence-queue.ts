import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Sqs } from '../../shared/aws/sqs.ts'
import type { CheckPresenceLater } from '../domain/presence.ts'

/** Creates what asks for checks of presence, by messages that come when they are due. It rejects as `Sqs` does. */
export function createCheckPresenceLater(sqs: Sqs, queueUrl: string): CheckPresenceLater {
  return async (check, delayMs, signal) => {
    const DelaySeconds = Math.ceil(delayMs / 1000)
    const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify(check), DelaySeconds }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
}
