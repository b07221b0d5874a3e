import type { Table } from '../../shared/data/table.ts'
import { MEMBERSHIP, type UserId, userPk } from './keys.ts'
import { allOf, queryAll } from './query-all.ts'

/** Creates the consistent list of the rooms whose member a user is. */
export function createListMemberships(table: Table) {
  return async (id: UserId, signal: AbortSignal): Promise<string[]> => {
    const items = await queryAll(table, allOf(userPk(id), MEMBERSHIP), signal)
    return items.map(({ sk }) => (sk?.S ?? '').slice(MEMBERSHIP.length))
  }
}
