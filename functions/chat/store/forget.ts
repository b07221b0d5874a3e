import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import type { Forget } from '../fan-out/fan-out.ts'
import { createConnectionRecords } from './connections.ts'
import { toKey } from './items.ts'
import { watcherKey } from './keys.ts'
import { createRecipients } from './recipients.ts'

/**
 * Creates what forgets recipients. The record of a connection goes before its recipients: if one of them stays, the
 * connection's next frame finds no record, and registers it everywhere.
 */
export function createForget(table: Table): Forget {
  const connections = createConnectionRecords(table)
  const recipients = createRecipients(table)
  const removed: Forget['removed'] = async (shard, recipient, signal) => {
    const Key = toKey(watcherKey(shard.id, recipient.connectionId))
    await table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key }), { signal })
    await recipients.remove(shard, recipient, signal)
  }
  return {
    removed,
    async gone(shard, recipient, signal) {
      const { user, connectionId } = recipient
      await connections.remove({ tenant: shard.id.tenant, user, connectionId }, signal)
      await removed(shard, recipient, signal)
    },
  }
}
