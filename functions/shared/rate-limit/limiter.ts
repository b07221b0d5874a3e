import type { DynamoDB } from '../data/dynamodb.ts'
import { checkRange } from '../resilience/policy.ts'
import { timeout } from '../resilience/timeout.ts'
import type { StartTimer } from '../resilience/timer.ts'
import { checkAsked } from './check-policy.ts'
import { type Counters, type Ruling, startBlock } from './counter.ts'
import { decideMany } from './decide-many.ts'
import { decideOne } from './decide-one.ts'
import { type Answers, toDecision } from './decision.ts'
import { denialCache } from './denial-cache.ts'
import { localCounts } from './local-counts.ts'
import type { Group } from './look.ts'
import type { Limit } from './policy.ts'
import { recent } from './recent.ts'
import { resolveCheck } from './resolve-check.ts'
import { decideSharded } from './shards.ts'
import { decideWithoutTable } from './without-table.ts'

export interface LimiterOptions {
  dynamodb: DynamoDB
  /** With `pk`, `sk` and `ttl`: the system's own. */
  tableName: string
  /** Milliseconds since the epoch, whole. */
  now: () => number
  /** From 0 up to, but not, 1. */
  random: () => number
  startTimer: StartTimer
  /** For a decision; shadow policies, which come after it, get as much again. The local cloud needs 1,000, and that is most. @default 50 */
  budgetMs?: number
  /** The table could not decide: for each policy that was asked, parents too. */
  onDegraded?: (event: { policy: string; error: unknown }) => void
}

const BUDGET_MS = 50
/** A write that takes longer may find its window's count cleared away. */
const MAX_BUDGET_MS = 1000
/** What an environment remembers of counters: a hint each, without which a decision may take a write more. */
const MAX_SIGHTS = 10_000

/**
 * Decides how often subjects may do something, by counters in a DynamoDB table that all environments share. Build it
 * once an environment: it remembers denials, and how it last saw a counter.
 *
 * - One check takes one write, denied or not. Several, or a policy with a parent, take a read and one transaction; if
 *   denied, the read only. A denial that is known takes nothing.
 * - Charged is all or nothing; a denial charges nothing. What takes longer than the budget is `degraded`: each policy's
 *   `onError` decides, and it may have been charged.
 * - Windows are those of the deciding environment's clock.
 *
 * @throws RangeError for a budget or a policy, AppError `invalid-input` for a check that is out of range. Nothing else.
 */
export function createLimiter({ budgetMs = BUDGET_MS, onDegraded, ...options }: LimiterOptions): Limit {
  checkRange({ budgetMs }, 1, MAX_BUDGET_MS)
  const counters: Counters = { ...options, sights: recent(MAX_SIGHTS), denials: denialCache() }
  const local = localCounts(options.now)
  const budget = timeout({ ms: budgetMs, startTimer: options.startTimer })

  const degrade = (groups: readonly Group[], error: unknown): Answers => {
    for (const { policy } of groups.flat()) onDegraded?.({ policy: policy.name, error })
    return decideWithoutTable(local, groups).map((ruling) => ({ ruling, isDegraded: true }))
  }
  const answer = async (groups: readonly Group[], signal: AbortSignal): Promise<Answers> => {
    if (groups.length === 0) return []
    try {
      const rulings = await budget((inner) => ruleOn(counters, groups, inner), signal)
      const blocks = rulings.flatMap((ruling) => ruling.blocks)
      // The denial stands, whether or not its block is written.
      const started = blocks.map((block) => budget((inner) => startBlock(counters, block, inner), signal))
      await Promise.allSettled(started)
      return rulings.map((ruling) => ({ ruling, isDegraded: false }))
    } catch (error) {
      return degrade(groups, error)
    }
  }

  return async (checks, signal) => {
    checkAsked(checks)
    const resolved = checks.map((check) => ({ check, ...resolveCheck(check) }))
    const isDenied = resolved.some(({ check, standing }) => standing === 'denied' && check.policy.mode !== 'shadow')
    const counted = resolved.filter(({ enforced }) => enforced.length > 0)
    const asked = counted.map(({ enforced }) => (isDenied ? lookOnly(enforced) : enforced))
    const answers = await answer(asked, signal)
    const allowed = !isDenied && answers.every(({ ruling }) => ruling.allowed)
    const answerTo = new Map(counted.map((each, index) => [each, answers[index]]))
    const decide = async (each: (typeof resolved)[number]) => {
      const { check, standing, shadows } = each
      const trials = shadows.map((group) => answer([allowed ? group : lookOnly(group)], signal))
      return toDecision(check, { standing, enforced: answerTo.get(each), shadows: (await Promise.all(trials)).flat() })
    }
    return { allowed, decisions: await Promise.all(resolved.map(decide)) }
  }
}

function ruleOn(counters: Counters, groups: readonly Group[], signal: AbortSignal): Promise<readonly Ruling[]> {
  const [link, ...others] = groups.flat()
  if (!link || others.length > 0) return decideMany(counters, groups, signal)
  if (Number(link.policy.shards) > 1) return decideSharded(counters, link, signal).then(toList)
  return link.peek ? decideMany(counters, groups, signal) : decideOne(counters, link, signal).then(toList)
}

function toList(ruling: Ruling): readonly Ruling[] {
  return [ruling]
}

function lookOnly(group: Group): Group {
  return group.map((link) => ({ ...link, peek: true }))
}
