import type { WindowPolicy } from '../policy.ts'
import { fixedWindow } from './fixed-window.ts'
import { slidingWindow } from './sliding-window.ts'
import { tokenBucket } from './token-bucket.ts'
import type { Algorithm, TimedCheck } from './types.ts'

const ALGORITHMS: Record<WindowPolicy['algorithm'], Algorithm> = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'token-bucket': tokenBucket,
}

/** Returns whether a cost is above the limit, whatever was charged; with shards, above the limit of each of them. */
export function neverPasses({ policy, cost }: Pick<TimedCheck, 'policy' | 'cost'>): boolean {
  const { algorithm, limit, burst = limit, shards = 1 } = policy
  return cost > Math.floor((algorithm === 'token-bucket' ? burst : limit) / shards)
}

export function algorithmOf({ algorithm }: WindowPolicy): Algorithm {
  return ALGORITHMS[algorithm]
}
