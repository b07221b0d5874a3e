import type { WindowPolicy } from '../policy.ts'
import { fixedWindow } from './fixed-window.ts'
import { slidingWindow } from './sliding-window.ts'
import { tokenBucket } from './token-bucket.ts'
import type { Algorithm, Asked } from './types.ts'

const ALGORITHMS: Record<WindowPolicy['algorithm'], Algorithm> = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'token-bucket': tokenBucket,
}

/** Whether a cost is more than there ever is, whatever was charged: in shards, more than each of them holds. */
export function neverPasses({ policy, cost }: Pick<Asked, 'policy' | 'cost'>): boolean {
  const { algorithm, limit, burst = limit, shards = 1 } = policy
  return cost > Math.floor((algorithm === 'token-bucket' ? burst : limit) / shards)
}

export function algorithmOf({ algorithm }: WindowPolicy): Algorithm {
  return ALGORITHMS[algorithm]
}
