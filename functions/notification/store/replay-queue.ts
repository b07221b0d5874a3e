import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Sqs } from '../../shared/aws/sqs.ts'
import type { SendReplay } from '../webhooks/replay.ts'

/** Creates what hands replays to the workers of normal priority, fairly by tenant. It rejects as `Sqs` does. */
export function createSendReplay({ sqs, queueUrl }: { sqs: Sqs; queueUrl: string }): SendReplay {
  return async (replay, signal) => {
    const message = { QueueUrl: queueUrl, MessageBody: JSON.stringify(replay), MessageGroupId: replay.tenant }
    await sqs.send(new SendMessageCommand(message), { signal })
  }
}
