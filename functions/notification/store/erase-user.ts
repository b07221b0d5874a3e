import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { normalAddress } from '../domain/address.ts'
import type { Channel } from '../domain/channel.ts'
import type { EraseItems, EraseSubscriptions } from '../people/erase.ts'
import type { HashAddress } from './address-hash.ts'
import type { InboxOptions } from './inbox-write.ts'
import { keyOf, toKey } from './items.ts'
import { ENDPOINT, endpointOwnerKey, heldPk, outboxPk, subscriberKey, userPk, userTopicsPk } from './keys.ts'
import { createReadPerson } from './people.ts'
import { createRemoveFromInbox } from './remove-from-inbox.ts'
import { createForgetAddress } from './suppressions.ts'

export interface EraseItemsOptions extends InboxOptions {
  hashAddress: HashAddress
  now: Clock
}

/** Creates the deletion of a user's subscriptions. It rejects as `DynamoDB` does. */
export function createEraseSubscriptions(table: Table): EraseSubscriptions {
  const remove = createRemove(table)
  return async ({ tenant, userId }, signal) => {
    for (const item of await queryAll(table, { pk: userTopicsPk({ tenant, userId }) }, signal)) {
      // No record of the subscription is kept for broadcasts that are under way: they skip the user.
      await remove(toKey(subscriberKey({ tenant, topic: keyOf(item).sk, user: userId })), signal)
      await remove(toKey(keyOf(item)), signal)
    }
  }
}

/** Creates the deletion of a user's other items. It rejects as `DynamoDB` does. */
export function createEraseItems(options: EraseItemsOptions): EraseItems {
  const readPerson = createReadPerson(options)
  const forgetAddress = createForgetAddress(options)
  const { removeAll } = createRemoveFromInbox(options)
  const remove = createRemove(options)
  return async (user, signal) => {
    const { tenant, userId } = user
    const person = await readPerson(user, signal)
    const { email = null, phone = null, endpoints = [] } = person ?? {}
    const own = [
      { channel: 'email' as Channel, address: email },
      { channel: 'sms' as Channel, address: phone },
    ]
    for (const { channel, address } of [...own, ...endpoints]) {
      if (address === null) continue
      await forgetAddress({ tenant, channel, address }, signal)
      const pk = outboxPk(tenant, normalAddress(channel, address))
      for (const item of await queryAll(options, { pk }, signal)) await remove(toKey(keyOf(item)), signal)
    }
    for (const item of await queryAll(options, { pk: userPk(tenant, userId) }, signal)) {
      const { sk } = keyOf(item)
      // The owner's item goes first: a repetition after a failure still finds the endpoint.
      if (sk.startsWith(ENDPOINT)) {
        await remove(toKey(endpointOwnerKey({ tenant, endpointId: sk.slice(ENDPOINT.length) })), signal)
      }
      await remove(toKey(keyOf(item)), signal)
    }
    await removeAll(user, signal)
    for (const item of await queryAll(options, { pk: heldPk(user) }, signal)) await remove(toKey(keyOf(item)), signal)
  }
}

function createRemove({ client, tableName: TableName }: Table) {
  return async (Key: Item, signal: AbortSignal): Promise<void> => {
    await client.send(new DeleteItemCommand({ TableName, Key }), { signal })
  }
}
