import { createSendBatches, type SendBatchesOptions } from '../../shared/queue/send-batches.ts'
import type { CheckMissedLater } from '../domain/missed.ts'

/**
 * Creates what asks for checks of missed messages, which come when they are due.
 *
 * @throws as `createSendBatches` does.
 */
export function createCheckMissedLater(options: SendBatchesOptions): CheckMissedLater {
  const send = createSendBatches(options)
  return (checks, delayMs, signal) => {
    const DelaySeconds = Math.ceil(delayMs / 1000)
    return send(
      checks.map((check) => ({ MessageBody: JSON.stringify(check), DelaySeconds })),
      signal,
    )
  }
}
