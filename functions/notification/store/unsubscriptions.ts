import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Unsubscribe, Unsubscription } from '../domain/unsubscription.ts'
import type { Resubscribe } from '../people/preferences.ts'
import { toItem, toKey } from './items.ts'
import { addressPk, type Key, UNSUBSCRIBED } from './keys.ts'
import type { StandingOptions } from './standing.ts'

/** Creates the write that ends unsubscriptions of a mailbox. It rejects as `DynamoDB` does. */
export function createResubscribe({ client, tableName, hashAddress }: StandingOptions): Resubscribe {
  return async ({ tenant, address, categories }, signal) => {
    const hash = await hashAddress({ tenant, channel: 'email', address }, signal)
    for (const category of categories) {
      const Key = toKey(unsubscriptionKey({ tenant, hash, category }))
      await client.send(new DeleteItemCommand({ TableName: tableName, Key }), { signal })
    }
  }
}

/** Creates the write of an unsubscription. It rejects as `DynamoDB` does. */
export function createUnsubscribe({ client, tableName, now }: Table & { now: Clock }): Unsubscribe {
  return async (unsubscription, signal) => {
    const Item = toItem({ ...unsubscriptionKey(unsubscription), at: now() })
    await client.send(new PutItemCommand({ TableName: tableName, Item }), { signal })
  }
}

function unsubscriptionKey({ tenant, hash, category }: Unsubscription): Key {
  return { pk: addressPk(tenant, hash), sk: `${UNSUBSCRIBED}${category}` }
}
