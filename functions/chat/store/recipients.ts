import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Recipient, Shard } from '../domain/live-connection.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { CONNECTION, progressKey, recipientKey, shardPk } from './keys.ts'

/** Creates access to the recipients of a shard, and to the progress of its worker. */
export function createRecipients(table: Table) {
  const { client, tableName: TableName } = table
  return {
    /** Lists the recipients consistently. */
    async list({ id, shard }: Shard, signal: AbortSignal): Promise<Recipient[]> {
      const items = await queryAll(table, { pk: shardPk(id, shard), prefix: CONNECTION }, signal)
      return items.map((item) => fromItem<Recipient>(item).value)
    },
    /** Removes a recipient, unless it was registered again after another join. */
    async remove({ id, shard }: Shard, { connectionId, joined }: Recipient, signal: AbortSignal): Promise<void> {
      const input = {
        TableName,
        Key: toKey(recipientKey(id, shard, connectionId)),
        ConditionExpression: 'joined = :joined',
        ExpressionAttributeValues: { ':joined': { N: String(joined) } },
      }
      await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
    },
    /** Returns the number of the last event that was delivered; `undefined` if none ever was. */
    async readProgress({ id, shard }: Shard, signal: AbortSignal): Promise<number | undefined> {
      const input = { TableName, Key: toKey(progressKey(id, shard)), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input), { signal })
      return Item && fromItem<{ sent: number }>(Item).value.sent
    },
    /** Stores the progress. Only one worker at a time has a shard, because its messages form a group of a FIFO queue. */
    async writeProgress({ id, shard }: Shard, sent: number, signal: AbortSignal): Promise<void> {
      await client.send(new PutItemCommand({ TableName, Item: toItem({ ...progressKey(id, shard), sent }) }), {
        signal,
      })
    },
  }
}
