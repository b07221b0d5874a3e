import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Preferences, Profile, ReadPerson } from '../domain/person.ts'
import { toDocument } from './documents.ts'
import { toEndpoint } from './endpoints.ts'
import { keyOf } from './items.ts'
import { ENDPOINT, userPk } from './keys.ts'

const NO_PROFILE: Profile = { email: null, phone: null, locale: null, zone: null }
const NO_PREFERENCES: Preferences = { categories: {}, quietHours: null, digest: {}, locale: null }

/**
 * Creates the consistent read of all that is known of a user, by one query; `undefined` where neither a profile nor
 * preferences nor endpoints were put. It rejects as `DynamoDB` does.
 */
export function createReadPerson(table: Table): ReadPerson {
  return async ({ tenant, userId }, signal) => {
    const items = await queryAll(table, { pk: userPk(tenant, userId) }, signal)
    if (items.length === 0) return undefined
    const documentOr = <Value>(sk: string, otherwise: Value) => {
      const item = items.find((each) => keyOf(each).sk === sk)
      return item ? toDocument<Value>(item).value : otherwise
    }
    return {
      userId,
      ...documentOr('profile', NO_PROFILE),
      preferences: documentOr('preferences', NO_PREFERENCES),
      endpoints: items.filter((item) => keyOf(item).sk.startsWith(ENDPOINT)).map(toEndpoint),
    }
  }
}
