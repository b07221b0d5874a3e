import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import type { EndpointHealth, EndpointId } from '../webhooks/send-webhook.ts'
import { toKey } from './items.ts'
import { endpointHealthKey } from './keys.ts'

/** The time for which a record of failures is kept after the last one. */
const KEPT_SECONDS = 30 * 24 * 60 * 60

/** Creates the record of the failures of endpoints. All methods reject as `DynamoDB` does. */
export function createEndpointHealth({ client, tableName: TableName }: Table): EndpointHealth {
  const keyed = (id: EndpointId) => ({ TableName, Key: toKey(endpointHealthKey(id)) })
  return {
    async readFailingSince(id, signal) {
      const { Item } = await client.send(new GetItemCommand(keyed(id)), { signal })
      return Item?.failingSince?.N === undefined ? null : Number(Item.failingSince.N)
    },
    async recordFailure(id, at, signal) {
      const command = new UpdateItemCommand({
        ...keyed(id),
        UpdateExpression: 'SET failingSince = if_not_exists(failingSince, :at), #ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':at': { N: String(at) },
          ':ttl': { N: String(Math.ceil(at / 1000) + KEPT_SECONDS) },
        },
        ReturnValues: 'ALL_NEW',
      })
      const { Attributes } = await client.send(command, { signal })
      return Number(Attributes?.failingSince?.N ?? at)
    },
    async recordSuccess(id, signal) {
      const input = {
        ...keyed(id),
        UpdateExpression: 'REMOVE failingSince',
        ConditionExpression: 'attribute_exists(failingSince)',
      }
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    },
  }
}
