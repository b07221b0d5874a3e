import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { logCallEvents } from '../../shared/aws/create-send.ts'
import { createSqs } from '../../shared/aws/sqs.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { SendUserTask } from '../people/user-tasks.ts'

/** Creates what sends tasks of users to their queue. It rejects as `Sqs` does. */
export function createSendUserTask(
  { now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>,
  queueUrl: string,
): SendUserTask {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  return async ({ delaySeconds, ...task }, signal) => {
    const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify(task), DelaySeconds: delaySeconds }
    await sqs.send(new SendMessageCommand(input), { signal })
  }
}
