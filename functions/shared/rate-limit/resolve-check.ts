import { type Link, pkOf } from './counter.ts'
import type { Group } from './look.ts'
import type { Check, WindowPolicy } from './policy.ts'
import { standingOf } from './subject-patterns.ts'

/** What a check comes down to. */
export interface Resolved {
  /** What patterns and modes say alone; `counted` is what counters decide. */
  readonly standing: 'denied' | 'exempt' | 'counted'
  /** All of these must let it pass. */
  readonly enforced: Group
  /** Each is on trial by itself. */
  readonly shadows: readonly Group[]
}

const EXEMPT: Resolved = { standing: 'exempt', enforced: [], shadows: [] }

/**
 * The counters of a check: its policy's, and those of its parents, each as its own mode and patterns have it. A policy
 * in shadow mode charges its own counter only; its parents are looked at.
 */
export function resolveCheck({ policy, subject, cost = 1, peek = false }: Check): Resolved {
  const own = { policy, subject }
  if (policy.mode === 'off' || standingOf(policy, subject) === 'exempt') return EXEMPT
  const counted = [own, ...parentsOf(own)].filter(
    (each) => each.policy.mode !== 'off' && standingOf(each.policy, each.subject) !== 'exempt',
  )
  const isDenied = counted.some((each) => isEnforced(own, each) && standingOf(each.policy, each.subject) === 'denied')
  if (isDenied) return { standing: 'denied', enforced: [], shadows: [] }
  const linkTo = (each: Subject): Link => ({ ...each, pk: pkOf(each.policy, each.subject), cost, peek })
  if (policy.mode === 'shadow') {
    const group = counted.map((each) => ({ ...linkTo(each), peek: peek || each !== own }))
    return { standing: 'counted', enforced: [], shadows: [group] }
  }
  const onTrial = counted.filter((each) => each.policy.mode === 'shadow')
  return {
    standing: 'counted',
    enforced: counted.filter((each) => each.policy.mode !== 'shadow').map(linkTo),
    shadows: onTrial.map((each) => [linkTo(each)]),
  }
}

interface Subject {
  readonly policy: WindowPolicy
  readonly subject: string
}

/** In a trial all of it counts, as it would if it were none. */
function isEnforced(own: Subject, each: Subject): boolean {
  return own.policy.mode === 'shadow' || each.policy.mode !== 'shadow'
}

/** As `org:7:user` of `org:7:user:3`, where that starts with the prefix; else the prefix itself. */
function parentsOf({ policy, subject }: Subject): Subject[] {
  if (!policy.parent) return []
  const { policy: parent, subjectPrefix } = policy.parent
  const above = subject.startsWith(subjectPrefix) ? subject.slice(0, Math.max(0, subject.lastIndexOf(':'))) : ''
  const next = { policy: parent, subject: above === '' ? subjectPrefix : above }
  return [next, ...parentsOf(next)]
}
