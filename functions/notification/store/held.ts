import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import type { ReadHeld } from '../people/retime.ts'
import { fromItem } from './items.ts'
import { heldPk } from './keys.ts'

/** Creates the read of what quiet hours held back. It rejects as `DynamoDB` does. */
export function createReadHeld(table: Table): ReadHeld {
  return async (user, signal) => {
    const items = await queryAll(table, { pk: heldPk(user) }, signal)
    return [...new Set(items.map((item) => fromItem<{ id: string }>(item).id))]
  }
}
