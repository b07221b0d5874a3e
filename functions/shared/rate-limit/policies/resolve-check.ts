import { type Link, pkOf } from '../counters/counter.ts'
import type { Group } from '../counters/look.ts'
import type { Check, WindowPolicy } from '../policy.ts'
import { type Standing, standingOf } from './subject-patterns.ts'

/** What a check comes down to. */
export interface Resolved {
  /** Whether a pattern denies it, of a policy that is enforced or of one on trial. */
  readonly isDenied: boolean
  readonly wouldDeny: boolean
  /** All of these must let it pass. */
  readonly enforced: Group
  /** Each is on trial by itself. */
  readonly shadows: readonly Group[]
}

const EXEMPT: Resolved = { isDenied: false, wouldDeny: false, enforced: [], shadows: [] }

/**
 * The counters of a check: its policy's, and those of its parents, each as its own mode and patterns have it. A policy
 * in shadow mode charges its own counter only; its parents are looked at.
 */
export function resolveCheck({ policy, subject, cost = 1, peek = false }: Check): Resolved {
  const own = { policy, subject }
  if (policy.mode === 'off' || hasStanding('exempt')(own)) return EXEMPT
  const counted = [own, ...parentsOf(own)].filter((each) => each.policy.mode !== 'off' && !hasStanding('exempt')(each))
  const denying = counted.filter(hasStanding('denied'))
  const linkTo = (each: Subject): Link => ({ ...each, pk: pkOf(each.policy, each.subject), cost, peek })
  if (isOnTrial(own)) {
    // In a trial all of it counts, as it would if it were none.
    if (denying.length > 0) return { ...EXEMPT, wouldDeny: true }
    return { ...EXEMPT, shadows: [counted.map((each) => ({ ...linkTo(each), peek: peek || each !== own }))] }
  }
  if (denying.some((each) => !isOnTrial(each))) return { ...EXEMPT, isDenied: true }
  const onTrial = counted.filter((each) => isOnTrial(each) && !denying.includes(each))
  return {
    isDenied: false,
    wouldDeny: denying.length > 0,
    enforced: counted.filter((each) => !isOnTrial(each)).map(linkTo),
    shadows: onTrial.map((each) => [linkTo(each)]),
  }
}

interface Subject {
  readonly policy: WindowPolicy
  readonly subject: string
}

function hasStanding(standing: Standing): (each: Subject) => boolean {
  return ({ policy, subject }) => standingOf(policy, subject) === standing
}

function isOnTrial({ policy }: Subject): boolean {
  return policy.mode === 'shadow'
}

/** As `org:7:user` of `org:7:user:3`, where that starts with the prefix; else the prefix itself. */
function parentsOf({ policy, subject }: Subject): Subject[] {
  if (!policy.parent) return []
  const { policy: parent, subjectPrefix } = policy.parent
  const above = subject.startsWith(subjectPrefix) ? subject.slice(0, Math.max(0, subject.lastIndexOf(':'))) : ''
  const next = { policy: parent, subject: above === '' ? subjectPrefix : above }
  return [next, ...parentsOf(next)]
}
