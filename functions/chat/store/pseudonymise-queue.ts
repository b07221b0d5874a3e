import { logCallEvents } from '../../shared/aws/create-send.ts'
import { createSqs } from '../../shared/aws/sqs.ts'
import { createSendBatches } from '../../shared/queue/send-batches.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { PseudonymiseLater } from '../domain/pseudonym.ts'

/** Creates what asks for steps of a pseudonymising, which come when they are due. It rejects as `createSendBatches` does. */
export function createPseudonymiseLater(
  { now, random, startTimer, logger }: Pick<Runtime, 'now' | 'random' | 'startTimer' | 'logger'>,
  queueUrl: string,
): PseudonymiseLater {
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
  const send = createSendBatches({ sqs, queueUrl, random, startTimer })
  return (steps, delayMs, signal) => {
    const DelaySeconds = Math.ceil(delayMs / 1000)
    return send(
      steps.map((step) => ({ MessageBody: JSON.stringify(step), DelaySeconds })),
      signal,
    )
  }
}
