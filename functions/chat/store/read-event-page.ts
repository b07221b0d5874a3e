import type { Table } from '../../shared/data/table.ts'
import type { RoomEvent } from '../domain/event.ts'
import { upToGap } from '../domain/log.ts'
import type { ReadEventPage } from '../history/list-events.ts'
import { fromItem } from './items.ts'
import { EVENT } from './keys.ts'
import { queryRange } from './query-range.ts'

/** Creates the consistent read of a page of a room's log. It rejects as `DynamoDB` does. */
export function createReadEventPage(table: Table): ReadEventPage {
  return async (range, signal) => {
    const { items } = await queryRange(table, { ...range, prefix: EVENT }, signal)
    return upToGap(
      items.map((item) => fromItem<RoomEvent>(item).value),
      range.from,
    )
  }
}
