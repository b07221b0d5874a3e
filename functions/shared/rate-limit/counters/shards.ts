import { isThrottle } from '../../aws/call-errors.ts'
import type { Random } from '../../clock.ts'
import { neverPasses } from '../algorithms/algorithm.ts'
import { blocksOf, type CounterCheck, type Counters, judge, pkOf } from './counter.ts'
import { decideOne } from './decide-one.ts'
import { readCounters } from './read-counters.ts'
import { type CounterVerdict, cachedDenial, denyForGood, NO_CHARGE } from './verdict.ts'

/**
 * Decides a check of a counter that is split into shards. Each shard is an item with its part of the limit, so that
 * together they hold exactly the limit, and never more passes. One is chosen at random, and when it denies or is
 * throttled, one other is tried. Shards whose denial is cached aren't tried, and when all denials are cached, the denial
 * is free.
 *
 * A peek reads all of them, but is no promise: the next check may try two that are full.
 *
 * @throws AppError when DynamoDB fails, even for one shard of two.
 */
export async function decideSharded(
  counters: Counters,
  whole: CounterCheck,
  signal: AbortSignal,
): Promise<CounterVerdict> {
  const { now, random, denials } = counters
  // No shard for a cost that only some could hold: luck would decide.
  if (neverPasses(whole)) return denyForGood({}, { ...whole, now: now() })
  const shards = shardsOf(whole)
  if (whole.peek) return peek(counters, shards, signal)
  const open = shards.filter(({ pk, policy, cost }) => !cachedDenial(counters, pk, { policy, cost, now: now() }))
  const denied: CounterVerdict[] = []
  let throttled: unknown
  for (const shard of pickTwo(open.length > 0 ? open : shards, random)) {
    try {
      const verdict = await decideOne(counters, shard, signal)
      if (verdict.allowed) return approximate(verdict, whole, shards.length)
      denied.push(verdict)
    } catch (error) {
      // After any other failure it may have charged.
      if (!isThrottle(error)) throw error
      throttled = error
    }
  }
  if (throttled) throw throttled
  // A block is of the subject, in all of its shards.
  const started = denied.flatMap(({ blocks }) => blocks).slice(0, 1)
  const blocks = started.flatMap(({ check }) =>
    shards.flatMap(({ pk, policy }) => blocksOf(pk, { ...check, policy }, denials.find(pk, check) ?? {})),
  )
  return approximate({ ...soonest(denied), blocks }, whole, shards.length)
}

/** Splits a check by its policy's shards, whose limits add up to the policy's; one without shards is its only part. */
export function shardsOf<Whole extends Pick<CounterCheck, 'policy' | 'subject'>>(
  whole: Whole,
): (Whole & { pk: string })[] {
  const { policy, subject } = whole
  const { limit, burst = limit, shards = 1 } = policy
  if (shards === 1) return [{ ...whole, pk: pkOf(policy, subject) }]
  return Array.from({ length: shards }, (_, index) => {
    const part = (all: number) => Math.floor(all / shards) + (index < all % shards ? 1 : 0)
    const own = { ...policy, limit: part(limit), burst: part(burst), shards: 1 }
    return { ...whole, policy: own, pk: pkOf(policy, subject, index) }
  })
}

function pickTwo<T>(list: readonly T[], random: Random): T[] {
  const left = [...list]
  const take = () => left.splice(Math.floor(random() * left.length), 1)
  return [...take(), ...take()]
}

/** Returns the verdict with the shortest wait; one that allows has none. */
function soonest(verdicts: readonly CounterVerdict[]): CounterVerdict {
  return verdicts.reduce((first, each) => (Number(each.retryAfterMs) < Number(first.retryAfterMs) ? each : first))
}

/** Takes the remainder of one shard for that of the others. */
function approximate(verdict: CounterVerdict, { policy }: CounterCheck, shards: number): CounterVerdict {
  const charges = verdict.charges.map(({ after, ...charge }) => {
    return after ? { ...charge, after: { ...after, policy, remaining: after.remaining * shards } } : charge
  })
  return { ...verdict, remaining: verdict.remaining * shards, charges }
}

async function peek(counters: Counters, shards: readonly CounterCheck[], signal: AbortSignal): Promise<CounterVerdict> {
  const pks = shards.map(({ pk }) => pk)
  const items = await readCounters(counters, pks, signal)
  const now = counters.now()
  const verdicts = shards.map(({ pk, policy, cost }): CounterVerdict => {
    return { ...judge(items.get(pk) ?? {}, { policy, cost, now }), source: 'store', ...NO_CHARGE }
  })
  return { ...soonest(verdicts), remaining: verdicts.reduce((sum, { remaining }) => sum + remaining, 0) }
}
