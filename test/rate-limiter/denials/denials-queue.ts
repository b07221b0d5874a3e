import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { DenialMessage, MinuteEnd } from '../../../functions/rate-limiter/domain/denials.ts'
import { sdkConfig } from '../../support/cloud.ts'
import { physicalId } from '../deployed.ts'

/** The deployed queue of those who count denials: `send` hands them a message, as an environment of the check function does. */
export async function denialsQueue() {
  const sqs = new SQSClient(sdkConfig)
  const QueueUrl = await physicalId('AWS::SQS::Queue', 'DenialsQueue')
  return {
    async send(message: DenialMessage | MinuteEnd): Promise<void> {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }))
    },
    stop: () => sqs.destroy(),
  }
}
