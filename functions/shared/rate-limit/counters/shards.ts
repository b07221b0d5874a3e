import { isThrottle } from '../../aws/call-errors.ts'
import { neverPasses } from '../algorithms/algorithm.ts'
import { blocksOf, type Counters, judge, type Link, pkOf } from './counter.ts'
import { decideOne } from './decide-one.ts'
import { readCounters } from './look.ts'
import { denyForGood, knownDenial, type Ruling, UNCHARGED } from './ruling.ts'

/**
 * Decides about a counter that is cut into shards, each an item with its part of the limit, so that together they hold
 * exactly the limit: never more passes. One is chosen at random, and when it denies or is throttled, one other is tried.
 * Those that are known to deny aren't tried, and when all are, the denial is free.
 *
 * A look sees all of them, but is no promise: whoever comes after it may be denied by two that are full.
 *
 * @throws AppError when DynamoDB can't say, be it of one of both.
 */
export async function decideSharded(counters: Counters, asked: Link, signal: AbortSignal): Promise<Ruling> {
  const { now, random, denials } = counters
  // None of them for a cost that only some could hold: luck would decide.
  if (neverPasses(asked)) return denyForGood({}, { ...asked, now: now() })
  const links = partsOf(asked)
  if (asked.peek) return peek(counters, links, signal)
  const open = links.filter(({ pk, policy, cost }) => !knownDenial(counters, pk, { policy, cost, now: now() }))
  const tried: Ruling[] = []
  let throttled: unknown
  for (const link of twoOf(open.length > 0 ? open : links, random)) {
    try {
      const ruling = await decideOne(counters, link, signal)
      if (ruling.allowed) return approximate(ruling, links.length)
      tried.push(ruling)
    } catch (error) {
      // After any other failure it may have charged.
      if (!isThrottle(error)) throw error
      throttled = error
    }
  }
  if (throttled) throw throttled
  // Blocked is the subject, not a shard.
  const started = tried.flatMap(({ blocks }) => blocks).slice(0, 1)
  const blocks = started.flatMap((block) =>
    links.flatMap(({ pk, policy }) => {
      return blocksOf(pk, { ...block.asked, policy }, denials.find(pk, block.asked) ?? {})
    }),
  )
  return approximate({ ...soonest(tried), blocks }, links.length)
}

/** A policy's shards: their limits add up to its own. */
function partsOf(whole: Link): Link[] {
  const { policy, subject } = whole
  const { limit, burst = limit } = policy
  const shards = Number(policy.shards)
  return Array.from({ length: shards }, (_, index) => {
    const part = (all: number) => Math.floor(all / shards) + (index < all % shards ? 1 : 0)
    const own = { ...policy, limit: part(limit), burst: part(burst), shards: 1 }
    return { ...whole, policy: own, pk: pkOf(policy, subject, index) }
  })
}

function twoOf<T>(list: readonly T[], random: () => number): T[] {
  const left = [...list]
  const take = () => left.splice(Math.floor(random() * left.length), 1)
  return [...take(), ...take()]
}

/** One that allows waits for nothing. */
function soonest(tried: readonly Ruling[]): Ruling {
  return tried.reduce((first, each) => (Number(each.retryAfterMs) < Number(first.retryAfterMs) ? each : first))
}

/** What one shard has left stands for the others. */
function approximate(ruling: Ruling, shards: number): Ruling {
  return { ...ruling, remaining: ruling.remaining * shards }
}

async function peek(counters: Counters, links: readonly Link[], signal: AbortSignal): Promise<Ruling> {
  const pks = links.map(({ pk }) => pk)
  const items = await readCounters(counters, pks, signal)
  const now = counters.now()
  const rulings = links.map(({ pk, policy, cost }): Ruling => {
    return { ...judge(items.get(pk) ?? {}, { policy, cost, now }), source: 'store', ...UNCHARGED }
  })
  return { ...soonest(rulings), remaining: rulings.reduce((sum, { remaining }) => sum + remaining, 0) }
}
