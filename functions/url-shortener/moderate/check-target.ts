import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { excerpt } from '../../shared/well-formed.ts'
import type { LinkDetails } from '../domain/link.ts'
import type { Block, BlockSelector } from './block-link.ts'

/** Decides whether a target is harmful, and why. Another list or service is another function of this type. */
export type FindThreat = (url: string, signal: AbortSignal) => Promise<{ reason: string } | undefined>

/** The fields of a link that hold targets. */
const TARGET_FIELDS = ['url', 'expiredUrl', 'rules'] as const
export type TargetField = (typeof TARGET_FIELDS)[number]

/**
 * Blocks a link once for an event. `left`: the link is deleted or doesn't have this target any more, and stays unchanged;
 * another target of the event may still block it. It is also the result if the event has blocked the link before.
 * `noted`: it is blocked already, and its block now names the fields to check again once it is unblocked.
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

/** The part of an event about new targets that a check needs. */
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

/** The maximum length of a reason, which is that of an administrator's reasons, too. */
const MAX_REASON = 500

/**
 * Checks the targets that a change has set: the link's own, the one after its end, and those of its rules. Fields that
 * the change doesn't name are skipped: an administrator may have unblocked the link in spite of them.
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
    const found = await Promise.all(targets.map(async (url) => ({ url, threat: await findThreat(url, signal) })))
    const denied = found.flatMap(({ url, threat }) => (threat ? [{ url, reason: threat.reason }] : []))
    if (denied.length === 0) return 'harmless'
    const made = { operationId: newOperationId(), blockedAt: new Date(now()).toISOString(), blockedBy: null, cause }
    const fields = TARGET_FIELDS.filter((field) => event.data.changed.includes(field))
    // A later change may have replaced some of these targets. Its event is about the new ones, not about the others here.
    for (const { url, reason } of denied) {
      const target = { eventId: id, tenant, code: subject, url, fields }
      const outcome = await block(target, { ...made, reason: excerpt(reason, MAX_REASON) }, signal)
      if (outcome !== 'left') return outcome
    }
    return 'left'
  }
}
