import type { Item } from '../../data/conditional-write.ts'
import { AppError } from '../../errors.ts'
import { neverPasses } from '../algorithms/algorithm.ts'
import { type Counters, keyOf } from './counter.ts'
import type { CounterItems, SummedCheck } from './summed-checks.ts'
import { cachedDenial } from './verdict.ts'

/**
 * Reads counters consistently, each by itself: at most 100, as many as DynamoDB reads at once.
 *
 * @throws AppError (retryable) when DynamoDB leaves some unread.
 */
export async function readCounters(
  { dynamodb, tableName }: Counters,
  pks: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Item>> {
  const items = new Map<string, Item>()
  if (pks.length === 0) return items
  const RequestItems = { [tableName]: { Keys: pks.map(keyOf), ConsistentRead: true } }
  const { Responses, UnprocessedKeys } = await dynamodb('BatchGetItem', { RequestItems }, { signal })
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) {
    throw new AppError('dependency-failed', 'DynamoDB did not read all counters', { retryable: true })
  }
  for (const item of Responses?.[tableName] ?? []) items.set(String(item.pk?.S), item)
  return items
}

/**
 * Reads the counters of checks. A counter whose denial is cached isn't read, and when no check can pass, none is.
 *
 * @throws AppError as `readCounters` does.
 */
export async function readUndecided(
  counters: Counters,
  checks: readonly SummedCheck[][],
  signal: AbortSignal,
): Promise<CounterItems> {
  const now = counters.now()
  const found = new Map<string, { item: Item; isCached: boolean }>()
  const isDenied = ({ pk, policy, total: cost }: SummedCheck) => {
    const item = cachedDenial(counters, pk, { policy, cost, now })
    if (item) found.set(pk, { item, isCached: true })
    return item !== undefined || neverPasses({ policy, cost })
  }
  // Not `some`, which would stop at the first denial: the cache is asked for each counter.
  const open = checks.filter((check) => check.filter(isDenied).length === 0)
  if (open.length === 0) return found
  const pks = new Set(checks.flat().map(({ pk }) => pk))
  const unread = [...pks].filter((pk) => !found.has(pk))
  for (const [pk, item] of await readCounters(counters, unread, signal)) found.set(pk, { item, isCached: false })
  return found
}
