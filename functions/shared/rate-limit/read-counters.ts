import type { Item } from '../data/conditional-write.ts'
import { AppError } from '../errors.ts'
import { type Counters, keyOf } from './counters/counter.ts'

/**
 * Counters as they are, each by itself: at most 100, as DynamoDB reads at once.
 *
 * @throws AppError (retryable) when DynamoDB doesn't give them all.
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
