import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import type { Resubscribe } from '../people/preferences.ts'
import { toItem, toKey } from './items.ts'
import { addressPk, type Key, UNSUBSCRIBED } from './keys.ts'
import type { StandingOptions } from './standing.ts'

/** A mailbox, by the hash of its address, and a category. */
export interface Unsubscription {
  readonly tenant: string
  readonly hash: string
  readonly category: string
}

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

/** Creates the write of an unsubscription, which may be repeated. It rejects as `DynamoDB` does. */
export function createUnsubscribe({
  client,
  tableName,
  now,
}: Pick<StandingOptions, 'client' | 'tableName'> & { now: Clock }) {
  return async (unsubscription: Unsubscription, signal: AbortSignal): Promise<void> => {
    const Item = toItem({ ...unsubscriptionKey(unsubscription), at: now() })
    await client.send(new PutItemCommand({ TableName: tableName, Item }), { signal })
  }
}

function unsubscriptionKey({ tenant, hash, category }: Unsubscription): Key {
  return { pk: addressPk(tenant, hash), sk: `${UNSUBSCRIBED}${category}` }
}
