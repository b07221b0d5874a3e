import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Sqs } from '../../shared/aws/sqs.ts'
import type { SendUserTask } from '../people/user-tasks.ts'

/** Creates what sends tasks of users to their queue. It rejects as `Sqs` does. */
export function createSendUserTask({ sqs, queueUrl }: { sqs: Sqs; queueUrl: string }): SendUserTask {
  return async ({ delaySeconds, ...task }, signal) => {
    const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify(task), DelaySeconds: delaySeconds }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
}
