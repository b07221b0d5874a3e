import { type CounterCheck, pkOf } from '../counters/counter.ts'
import type { CompoundCheck } from '../counters/summed-checks.ts'
import type { Check, WindowPolicy } from '../policy.ts'
import { type Standing, standingOf } from './subject-patterns.ts'

/** A check, resolved to its counters by mode and patterns of its policies. */
export interface ResolvedCheck {
  /** True if a pattern of an enforced policy denies it. */
  readonly isDenied: boolean
  /** True if a pattern of a shadow policy would deny it. */
  readonly wouldDeny: boolean
  /** The counters of enforced policies, all of which must allow it. */
  readonly enforced: CompoundCheck
  /** The counters of shadow policies, each decided by itself. */
  readonly shadows: readonly CompoundCheck[]
}

const EXEMPT: ResolvedCheck = { isDenied: false, wouldDeny: false, enforced: [], shadows: [] }

/**
 * Resolves a check to the counters of its policy and of its parents, each by its own mode and patterns. A policy in
 * shadow mode charges its own counter only; its parents are peeked at.
 */
export function resolveCheck({ policy, subject, cost = 1, peek = false }: Check): ResolvedCheck {
  const own = { policy, subject }
  if (policy.mode === 'off' || hasStanding('exempt')(own)) return EXEMPT
  const counted = [own, ...parentsOf(own)].filter((each) => each.policy.mode !== 'off' && !hasStanding('exempt')(each))
  const denying = counted.filter(hasStanding('denied'))
  const toCheck = (each: Subject): CounterCheck => ({ ...each, pk: pkOf(each.policy, each.subject), cost, peek })
  if (isShadow(own)) {
    // All of its parents count for a shadow policy, as they would if it were enforced.
    if (denying.length > 0) return { ...EXEMPT, wouldDeny: true }
    return { ...EXEMPT, shadows: [counted.map((each) => ({ ...toCheck(each), peek: peek || each !== own }))] }
  }
  if (denying.some((each) => !isShadow(each))) return { ...EXEMPT, isDenied: true }
  const shadows = counted.filter((each) => isShadow(each) && !denying.includes(each))
  return {
    isDenied: false,
    wouldDeny: denying.length > 0,
    enforced: counted.filter((each) => !isShadow(each)).map(toCheck),
    shadows: shadows.map((each) => [toCheck(each)]),
  }
}

interface Subject {
  readonly policy: WindowPolicy
  readonly subject: string
}

function hasStanding(standing: Standing): (each: Subject) => boolean {
  return ({ policy, subject }) => standingOf(policy, subject) === standing
}

function isShadow({ policy }: Subject): boolean {
  return policy.mode === 'shadow'
}

function parentsOf({ policy, subject }: Subject): Subject[] {
  if (!policy.parent) return []
  const next = { policy: policy.parent.policy, subject: parentSubject(subject, policy.parent.subjectPrefix) }
  return [next, ...parentsOf(next)]
}

/** Returns the parent of a subject: `org:7:user` of `org:7:user:3` if that starts with the prefix, else the prefix. */
export function parentSubject(subject: string, prefix: string): string {
  const above = subject.startsWith(prefix) ? subject.slice(0, Math.max(0, subject.lastIndexOf(':'))) : ''
  return above === '' ? prefix : above
}
