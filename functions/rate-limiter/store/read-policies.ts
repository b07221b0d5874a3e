import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Item, Table } from '../../shared/data/table.ts'
import type { Override } from '../domain/policy.ts'
import type { ListPolicies } from '../policies/routes.ts'
import type { ReadOverrides, ReadPolicy } from '../policy-book.ts'
import { toOverride, toPolicy } from './items.ts'
import { overridesPk, policiesPk, policyKey } from './keys.ts'

/** Reads what checks are decided by. All reject as `DynamoDB` does. */
export interface PolicyReads {
  readPolicy: ReadPolicy
  readOverrides: ReadOverrides
  /** Reads a key that no policy has: proves that the table answers, and opens the connection. */
  ping: (signal: AbortSignal) => Promise<void>
}

export function createPolicyReads({ client, tableName }: Table): PolicyReads {
  const readPolicy: ReadPolicy = async (id, { consistent, signal }) => {
    const input = { TableName: tableName, Key: policyKey(id), ConsistentRead: consistent }
    return toPolicy((await client.send(new GetItemCommand(input), { signal })).Item)
  }
  return {
    readPolicy,
    async readOverrides(id, signal) {
      const found = new Map<string, Override>()
      let start: Item | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': { S: overridesPk(id) } },
            ExclusiveStartKey: start,
          }),
          { signal },
        )
        for (const item of Items) {
          const override = toOverride(item, id.name)
          found.set(override.subject, override)
        }
        start = LastEvaluatedKey
      } while (start)
      return found
    },
    async ping(signal) {
      await readPolicy({ tenant: '', name: '' }, { consistent: false, signal })
    },
  }
}

/** Lists a tenant's policies by name. Deleted ones are skipped while reading, so that a page may hold fewer. */
export function createListPolicies({ client, tableName }: Table): ListPolicies {
  return async ({ tenant, after, limit }, signal) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'attribute_exists(definitionJson)',
        ExpressionAttributeValues: { ':pk': { S: policiesPk(tenant) } },
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: policyKey({ tenant, name: after }) }),
      }),
      { signal },
    )
    const next = LastEvaluatedKey?.sk?.S?.slice('policy#'.length)
    return { policies: Items.flatMap((item) => toPolicy(item) ?? []), ...(next !== undefined && { next }) }
  }
}
