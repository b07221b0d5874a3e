import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../data/table.ts'
import { AppError } from '../../errors.ts'
import { type StartTimer, sleep } from '../../resilience/timer.ts'
import { neverPasses } from '../algorithms/algorithm.ts'
import { type Counters, judge, keyOf, type Link } from './counter.ts'
import { deny, denyForGood, knownDenial, type Ruling, UNCHARGED } from './ruling.ts'

/**
 * Counters as they are, each by itself: at most 100, as DynamoDB reads at once.
 *
 * @throws AppError (retryable) when DynamoDB doesn't give them all.
 */
export async function readCounters(
  { client, tableName }: Counters,
  pks: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Item>> {
  const items = new Map<string, Item>()
  if (pks.length === 0) return items
  const RequestItems = { [tableName]: { Keys: pks.map(keyOf), ConsistentRead: true } }
  const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }), { signal })
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) {
    throw new AppError('dependency-failed', 'DynamoDB did not read all counters', { retryable: true })
  }
  for (const item of Responses?.[tableName] ?? []) items.set(String(item.pk?.S), item)
  return items
}

export interface PauseOptions {
  /** From 0 up to, but not, 1. */
  random: () => number
  startTimer: StartTimer
}

/**
 * A random while before another try, so that two that were in each other's way don't meet again.
 *
 * @param maxMs 10 by default: what a transaction takes.
 * @throws the signal's reason, once it aborts.
 */
export async function pause({ random, startTimer }: PauseOptions, signal: AbortSignal, maxMs = 10): Promise<void> {
  await sleep({ ms: random() * maxMs, signal, startTimer })
  signal.throwIfAborted()
}

/** A check's own counter and those of its parents: it passes if all do. */
export type Group = readonly Link[]

/** A link within its request. */
export interface Ask extends Link {
  /** Of this counter, by this and all links before. */
  readonly total: number
  /** The same, without those that peek. */
  readonly charged: number
}

/** Counters as they are, by partition key; or as a known denial remembers them. */
export type Seen = Map<string, { item: Item; isCached: boolean }>

export function addUp(groups: readonly Group[]): Ask[][] {
  const sums = new Map<string, { total: number; charged: number }>()
  return groups.map((group) =>
    group.map((link) => {
      const { total, charged } = sums.get(link.pk) ?? { total: 0, charged: 0 }
      const sum = { total: total + link.cost, charged: charged + (link.peek ? 0 : link.cost) }
      sums.set(link.pk, sum)
      return { ...link, ...sum }
    }),
  )
}

/** Nobody is asked about what is known to be denied; nor, for the sake of such checks alone, about anything else. */
export async function look(counters: Counters, asks: readonly Ask[][], signal: AbortSignal): Promise<Seen> {
  const now = counters.now()
  const seen: Seen = new Map()
  const isKnown = ({ pk, policy, total: cost }: Ask) => {
    const item = knownDenial(counters, pk, { policy, cost, now })
    if (item) seen.set(pk, { item, isCached: true })
    return item !== undefined || neverPasses({ policy, cost })
  }
  const open = asks.filter((group) => group.filter(isKnown).length === 0)
  if (open.length === 0) return seen
  const pks = new Set(asks.flat().map(({ pk }) => pk))
  const items = await readCounters(
    counters,
    [...pks].filter((pk) => !seen.has(pk)),
    signal,
  )
  for (const [pk, item] of items) seen.set(pk, { item, isCached: false })
  return seen
}

/** Counters, and the deciding clock. */
export interface Moment {
  readonly seen: Seen
  readonly at: number
}

/** What a counter says to a link; a denial is kept. */
export function rule(counters: Counters, ask: Ask, { seen, at }: Moment): Ruling {
  const { item, isCached } = seen.get(ask.pk) ?? { item: {}, isCached: false }
  const asked = { policy: ask.policy, cost: ask.total, now: at }
  if (neverPasses(asked)) return denyForGood(item, asked)
  const verdict = judge(item, asked)
  if (!verdict.allowed) {
    const isReal = !ask.peek && !judge(item, { ...asked, cost: ask.charged }).allowed
    return deny(counters, ask.pk, { asked, item, isCached, isReal })
  }
  return { ...verdict, source: isCached ? 'cache' : 'store', ...UNCHARGED }
}

/** A check of several counters: the tightest says what is left, the slowest when to come again. */
export function combine(rulings: readonly Ruling[]): Ruling {
  const tightest = rulings.reduce((least, each) => (each.remaining < least.remaining ? each : least))
  const waits = rulings.map(({ retryAfterMs }) => retryAfterMs)
  return {
    ...tightest,
    allowed: rulings.every(({ allowed }) => allowed),
    retryAfterMs: waits.some((wait) => wait === null) ? null : Math.max(...waits.map(Number)),
    source: rulings.some(({ source }) => source === 'cache') ? 'cache' : 'store',
    charges: rulings.flatMap(({ charges }) => charges),
    blocks: rulings.flatMap(({ blocks }) => blocks),
  }
}
