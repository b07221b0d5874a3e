import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { LinkDetails } from '../domain/link.ts'
import type { Block, BlockSelector } from './block-link.ts'

/** Says what is wrong with a target, if anything. Another list or service is another such function. */
export type FindThreat = (url: string, signal: AbortSignal) => Promise<{ reason: string } | undefined>

/** The fields in which a link's targets are. */
const TARGET_FIELDS = ['url', 'expiredUrl', 'rules'] as const
export type TargetField = (typeof TARGET_FIELDS)[number]

/**
 * Blocks a link once for an event; it is left as it is where it is gone or leads there no more by now. On the block of
 * one that is blocked already it is `noted`, once for an event, which fields are to be checked again when that ends.
 */
export type BlockTarget = (
  target: BlockSelector & { eventId: string; url: string; fields: readonly TargetField[] },
  block: Block,
  signal: AbortSignal,
) => Promise<'blocked' | 'noted' | 'left'>

export interface CheckTargetDeps {
  findThreat: FindThreat
  readDetails: (code: string, signal: AbortSignal) => Promise<LinkDetails>
  block: BlockTarget
  newOperationId: () => string
  now: Clock
}

/** What a check needs of an event that tells a link's new targets. */
export interface NewTarget {
  id: string
  tenant: string
  /** The link's code. */
  subject: string
  data: { url: string; changed: readonly string[] }
}

export type CheckTarget = (
  event: NewTarget,
  cause: Cause,
  signal: AbortSignal,
) => Promise<'harmless' | 'blocked' | 'noted' | 'left'>

/** As long as an administrator's may be. */
const MAX_REASON = 500

/**
 * Checks wherever a link leads since a change: its target, where visitors go after its end, and the targets of its rules.
 * What a change doesn't name is left alone: somebody may have unblocked the link for it.
 */
export function checkTarget({ findThreat, readDetails, block, newOperationId, now }: CheckTargetDeps): CheckTarget {
  const newTargets = async ({ subject, data: { url, changed } }: NewTarget, signal: AbortSignal) => {
    const isNew = (field: string) => changed.includes(field)
    const { expiredUrl, rules } =
      isNew('expiredUrl') || isNew('rules') ? await readDetails(subject, signal) : { expiredUrl: null, rules: [] }
    return [
      ...(isNew('url') ? [url] : []),
      ...(isNew('expiredUrl') && expiredUrl !== null ? [expiredUrl] : []),
      ...(isNew('rules') ? rules.map(({ url }) => url) : []),
    ]
  }
  return async (event, cause, signal) => {
    const { id, tenant, subject } = event
    const targets = await newTargets(event, signal)
    const threats = await Promise.all(targets.map((url) => findThreat(url, signal)))
    const index = threats.findIndex((threat) => threat !== undefined)
    const [threat, url] = [threats[index], targets[index]]
    if (!threat || url === undefined) return 'harmless'
    const made = {
      operationId: newOperationId(),
      reason: threat.reason.slice(0, MAX_REASON),
      blockedAt: new Date(now()).toISOString(),
      blockedBy: null,
      cause,
    }
    const fields = TARGET_FIELDS.filter((field) => event.data.changed.includes(field))
    return block({ eventId: id, tenant, code: subject, url, fields }, made, signal)
  }
}
