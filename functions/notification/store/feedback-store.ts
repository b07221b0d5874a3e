import type { RandomBytes } from '../../shared/clock.ts'
import type { HandleReceiptDeps } from '../feedback/handle-receipt.ts'
import { createHashAddress, createTenantMac } from './address-hash.ts'
import { createRevise, type ReviseOptions } from './revise.ts'
import { createSuppressions } from './suppressions.ts'

export interface FeedbackStoreOptions extends ReviseOptions {
  randomBytes: RandomBytes
}

/** Creates all that receipts read and write. */
export function createFeedbackStore(options: FeedbackStoreOptions): Omit<HandleReceiptDeps, 'now'> {
  const hashAddress = createHashAddress(createTenantMac(options))
  const { suppress, suppressErased } = createSuppressions({ ...options, hashAddress })
  return { revise: createRevise(options), suppress, suppressErased }
}
