import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { Cause } from '../../shared/events/event.ts'
import { entryAttributes } from '../../shared/events/outbox-entry.ts'
import { number } from './items.ts'

export interface EventMarksOptions extends Table {
  now: Clock
  /** Returns another one each time. */
  newId: () => string
}

/** The time by which an item outlives the minute or window that it is about, in milliseconds. */
export const MARK_OUTLIVES_MS = 3_600_000

/**
 * Puts an item with an event, if there is none of its key: the item is the outbox entry, and the mark that there was one.
 * Rejects as `DynamoDB` does.
 */
export async function putOnce(
  { client, tableName, now, newId }: EventMarksOptions,
  { item, type, cause }: { item: Item; type: string; cause: Cause },
  signal: AbortSignal,
): Promise<'recorded' | 'known'> {
  const time = now()
  const entry = entryAttributes({ operationId: newId(), type, time: new Date(time).toISOString(), ...cause })
  const input = {
    TableName: tableName,
    // A subject has an item for each event: only the time grows with them.
    Item: { ...item, ...entry, sequence: number(time) },
    ConditionExpression: 'attribute_not_exists(pk)',
  }
  const { outcome } = await conditionalWrite(client, { operation: 'PutItem', input }, { signal })
  return outcome === 'written' ? 'recorded' : 'known'
}
