import type { MessageOutcome } from '../../shared/aws/message-outcome.ts'
import type { SendResult } from '../domain/provider.ts'

/** Returns the result of a provider by that of its service. */
export function toResult(outcome: MessageOutcome, receipts: boolean): SendResult {
  if (outcome.outcome !== 'accepted') return outcome
  return { outcome: 'accepted', providerId: outcome.messageId, receipts }
}
