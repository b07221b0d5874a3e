import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { Cause } from '../../shared/events/event.ts'
import { entryAttributes } from '../../shared/events/outbox-entry.ts'
import type { RecordDenied } from '../denials/tell-denied.ts'
import { MINUTE_KEPT_MS, startOf } from '../domain/denials.ts'
import { limitDenied } from '../events.ts'
import { number } from './items.ts'
import { deniedKey } from './keys.ts'

export interface SubjectEventsOptions extends Table {
  now: Clock
  /** Returns another one each time. */
  newId: () => string
}

/** A mark outlives the minute that it belongs to, by so much. */
const MARK_OUTLIVES_MS = 3_600_000

/**
 * Records that a subject was denied in a minute: an item for each, which is the event's entry in the outbox, and the mark
 * that it was told. Rejects as `DynamoDB` does.
 */
export function createRecordDenied(options: SubjectEventsOptions): RecordDenied {
  return async (denied, cause, signal) => {
    const { tenant, policy, subject, minute, count } = denied
    const item = {
      ...deniedKey(denied),
      tenant: { S: tenant },
      policy: { S: policy },
      subject: { S: subject },
      minute: { S: new Date(startOf(minute)).toISOString() },
      count: number(count),
      ttl: number((startOf(minute) + MINUTE_KEPT_MS + MARK_OUTLIVES_MS) / 1000),
    }
    return (await putOnce(options, { item, type: limitDenied.type, cause }, signal)) ? 'recorded' : 'known'
  }
}

/**
 * Puts an item with its event, if there is none of its key.
 *
 * @returns whether there was none.
 */
async function putOnce(
  { client, tableName, now, newId }: SubjectEventsOptions,
  { item, type, cause }: { item: Item; type: string; cause: Cause },
  signal: AbortSignal,
): Promise<boolean> {
  const time = now()
  const entry = entryAttributes({ operationId: newId(), type, time: new Date(time).toISOString(), ...cause })
  const input = {
    TableName: tableName,
    // A subject has an item for each event: only the time grows with them.
    Item: { ...item, ...entry, sequence: number(time) },
    ConditionExpression: 'attribute_not_exists(pk)',
  }
  return (await conditionalWrite(client, { operation: 'PutItem', input }, { signal })).outcome === 'written'
}
