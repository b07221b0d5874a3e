import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'

/** Selects one link of a tenant. */
export interface BlockSelector {
  tenant: string
  code: string
  /** True if the link must not be blocked yet. */
  onlyIfAbsent?: boolean
}

/** The block of a link, which doesn't redirect from then on. */
export interface Block {
  operationId: string
  reason: string
  /** RFC 3339 in UTC, with milliseconds. */
  blockedAt: string
  /** The `sub` of the administrator; `null`: the check of targets. */
  blockedBy: string | null
  cause: Cause
}

export interface Unblock {
  operationId: string
  unblockedAt: string
  cause: Cause
}

/**
 * `unchanged`: the link is already blocked for this reason. `stale`: it is blocked, although the request requires that
 * it is not.
 */
export type Blocked = 'blocked' | 'unchanged' | 'stale' | 'not-found'

export interface BlockLinkDeps {
  /** Blocks a link. One that is blocked for another reason gets the new reason. */
  block: (selector: BlockSelector, block: Block, signal: AbortSignal) => Promise<Blocked>
  newOperationId: () => string
  now: Clock
}

export interface UnblockLinkDeps {
  /** Unblocks a link. One that isn't blocked stays as it is. */
  unblock: (selector: BlockSelector, unblock: Unblock, signal: AbortSignal) => Promise<'unblocked' | 'not-found'>
  newOperationId: () => string
  now: Clock
}

export type BlockLink = (
  input: BlockSelector & Pick<Block, 'reason' | 'blockedBy' | 'cause'>,
  signal: AbortSignal,
) => Promise<{ outcome: Blocked }>

export type UnblockLink = (
  input: BlockSelector & { cause: Cause },
  signal: AbortSignal,
) => Promise<{ outcome: 'unblocked' | 'not-found' }>

export function blockLink({ block, newOperationId, now }: BlockLinkDeps): BlockLink {
  return async ({ tenant, code, onlyIfAbsent = false, ...given }, signal) => {
    const made = { ...given, operationId: newOperationId(), blockedAt: new Date(now()).toISOString() }
    return { outcome: await block({ tenant, code, onlyIfAbsent }, made, signal) }
  }
}

export function unblockLink({ unblock, newOperationId, now }: UnblockLinkDeps): UnblockLink {
  return async ({ tenant, code, cause }, signal) => {
    const made = { cause, operationId: newOperationId(), unblockedAt: new Date(now()).toISOString() }
    return { outcome: await unblock({ tenant, code }, made, signal) }
  }
}
