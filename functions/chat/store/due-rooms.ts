import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { DueRoom } from '../domain/upkeep.ts'
import type { KeepUpDeps } from '../upkeep/keep-up.ts'
import type { SweepDeps } from '../upkeep/sweep.ts'
import { keyOf, toItem, toKey } from './items.ts'
import { recordKey, roomOfUpkeep, UPKEEP_SHARDS, upkeepPk } from './keys.ts'

/**
 * Creates the list of rooms that need work later. It is read as a whole, which costs a unit of DynamoDB for about 40
 * rooms: an index by time would cost a write each time that a room's next work moves.
 */
export function createDueRooms(table: Table): Pick<KeepUpDeps, 'reschedule'> & Pick<SweepDeps, 'listDue'> {
  const { client, tableName: TableName } = table
  return {
    async listDue({ by, limit }, signal) {
      const due: DueRoom[] = []
      for (let shard = 0; shard < UPKEEP_SHARDS; shard++) {
        for await (const items of pages(table, { pk: upkeepPk(shard), by }, signal)) {
          due.push(...items.map((item) => ({ ...roomOfUpkeep(keyOf(item)), dueAt: Number(item.dueAt?.N) })))
          if (due.length >= limit) return due.slice(0, limit)
        }
      }
      return due
    },
    async reschedule({ dueAt: seen, ...id }, dueAt, signal) {
      const common = {
        TableName,
        Key: toKey(recordKey(id, { record: 'upkeep' })),
        // Whoever set another time meanwhile knows better.
        ConditionExpression: 'dueAt = :seen',
        ExpressionAttributeValues: toItem({ ':seen': seen }),
      }
      if (dueAt === null) {
        await conditionalWrite(client, { operation: 'DeleteItem', input: common }, { signal })
        return
      }
      const values = { ...common.ExpressionAttributeValues, ...toItem({ ':due': dueAt }) }
      const input = { ...common, UpdateExpression: 'SET dueAt = :due', ExpressionAttributeValues: values }
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    },
  }
}

async function* pages(
  { client, tableName }: Table,
  { pk, by }: { pk: string; by: number },
  signal: AbortSignal,
): AsyncGenerator<Item[]> {
  let start: Item | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'dueAt <= :by',
        ExpressionAttributeValues: toItem({ ':pk': pk, ':by': by }),
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
      { signal },
    )
    yield Items
    start = LastEvaluatedKey
  } while (start)
}
