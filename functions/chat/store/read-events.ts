import type { Table } from '../../shared/data/table.ts'
import type { RoomEvent } from '../domain/event.ts'
import type { ReadEvents } from '../domain/log.ts'
import { fromItem } from './items.ts'
import { EVENT } from './keys.ts'
import { queryRange } from './query-range.ts'

/**
 * Creates the consistent read of a room's log. A query that runs while a transaction is applied may see some of its
 * items and not others (DynamoDB isolates the two by read-committed only), so a missing number means that its event is
 * about to appear: what follows it waits for the next read, and no reader takes a gap for the truth. It rejects as
 * `DynamoDB` does.
 */
export function createReadEvents(table: Table): ReadEvents {
  return async (range, signal) => {
    const { items } = await queryRange(table, { ...range, prefix: EVENT }, signal)
    const events = items.map((item) => fromItem<RoomEvent>(item).value)
    const gap = events.findIndex(({ seq }, index) => seq !== range.from + index)
    return gap === -1 ? events : events.slice(0, gap)
  }
}
