import { logCallEvents } from '../../shared/aws/create-send.ts'
import { createSqs } from '../../shared/aws/sqs.ts'
import type { SendTurns } from '../deliver/turn.ts'
import type { HandOverOptions } from './hand-over.ts'
import { createSendTurns } from './turn-queues.ts'

/** Creates what sends critical turns to their queue. It rejects as `createSendTurns` does. */
export function createSendCritical({ queueUrl, logger, now, random, startTimer }: HandOverOptions): SendTurns {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  return createSendTurns({ sqs, queueUrlOf: () => queueUrl, now, random, startTimer })
}
