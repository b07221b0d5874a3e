import type { Cause } from '../shared/events/event.ts'
import type { Block, BlockSelector } from './block-link.ts'

/** Says what is wrong with a target, if anything. Another list or service is another such function. */
export type FindThreat = (url: string, signal: AbortSignal) => Promise<{ reason: string } | undefined>

/** Blocks a link once for an event; it is left as it is where it is blocked, gone or leads elsewhere by now. */
export type BlockTarget = (
  target: BlockSelector & { eventId: string; url: string },
  block: Block,
  signal: AbortSignal,
) => Promise<'blocked' | 'left'>

export interface CheckTargetDeps {
  findThreat: FindThreat
  block: BlockTarget
  newId: () => string
  /** Milliseconds since the epoch. */
  now: () => number
}

/** What a check needs of an event that tells a link's new target. */
export interface NewTarget {
  id: string
  tenant: string
  /** The link's code. */
  subject: string
  data: { url: string }
}

export type CheckTarget = (
  event: NewTarget,
  cause: Cause,
  signal: AbortSignal,
) => Promise<'harmless' | 'blocked' | 'left'>

/** As long as an administrator's may be. */
const MAX_REASON = 500

export function checkTarget({ findThreat, block, newId, now }: CheckTargetDeps): CheckTarget {
  return async ({ id, tenant, subject, data: { url } }, cause, signal) => {
    const threat = await findThreat(url, signal)
    if (!threat) return 'harmless'
    const made = {
      id: newId(),
      reason: threat.reason.slice(0, MAX_REASON),
      blockedAt: new Date(now()).toISOString(),
      blockedBy: null,
      cause,
    }
    return block({ eventId: id, tenant, code: subject, url }, made, signal)
  }
}
