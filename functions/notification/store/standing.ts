import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import type { ReadStanding } from '../domain/person.ts'
import type { HashAddress } from './address-hash.ts'
import { fromItem, keyOf } from './items.ts'
import { addressPk, SUPPRESSION, UNSUBSCRIBED } from './keys.ts'

export interface StandingOptions extends Table {
  hashAddress: HashAddress
}

/** Creates the consistent read of what holds for an address, in any spelling. It rejects as `DynamoDB` does. */
export function createReadStanding(options: StandingOptions): ReadStanding {
  return async (of, signal) => {
    const pk = addressPk(of.tenant, await options.hashAddress(of, signal))
    const items = await queryAll(options, { pk }, signal)
    const suppression = items.find((item) => keyOf(item).sk === SUPPRESSION + of.channel)
    const unsubscribed = items.map((item) => keyOf(item).sk).filter((sk) => sk.startsWith(UNSUBSCRIBED))
    return {
      suppressed: suppression ? fromItem<{ reason: string }>(suppression).reason : null,
      unsubscribed: new Set(of.channel === 'email' ? unsubscribed.map((sk) => sk.slice(UNSUBSCRIBED.length)) : []),
    }
  }
}
