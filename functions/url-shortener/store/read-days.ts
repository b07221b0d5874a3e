import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Item, Table } from '../../shared/data/table.ts'
import type { ReadDays } from '../stats/click-stats.ts'
import { toDayClicks } from './day-clicks.ts'
import { clicksPk, clicksSk } from './keys.ts'

/** Reads the clicks of days, each shard for itself. Eventually consistent; rejects as `DynamoDB` does. */
export function createReadDays({ client, tableName }: Table): ReadDays {
  return async ({ of, name, first, last }, signal) => {
    const items: Item[] = []
    let start: Item | undefined
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': { S: clicksPk(of, name) },
            ':first': { S: clicksSk(first) },
            // It sorts after all shards of the day.
            ':last': { S: `${clicksSk(last)}~` },
          },
          ExclusiveStartKey: start,
        }),
        { signal },
      )
      items.push(...Items)
      start = LastEvaluatedKey
    } while (start)
    return items.map((item) => ({ day: item.sk?.S?.split('#')[0] ?? '', clicks: toDayClicks(item) }))
  }
}
