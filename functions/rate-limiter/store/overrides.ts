import { GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { createTransactWhenFree, type TransactWhenFreeOptions } from '../../shared/data/transact-when-free.ts'
import { AppError } from '../../shared/errors.ts'
import { MAX_OVERRIDES } from '../domain/policy.ts'
import type { RemoveOverrides } from '../policies/delete-policy.ts'
import type { OverrideStore } from '../policies/put-override.ts'
import type { PolicyId } from '../policy-book.ts'
import { number, overrideAttributes, toOverride } from './items.ts'
import { overrideKey, overridesPk, policyKey } from './keys.ts'
import type { PolicyWritesOptions } from './write-policies.ts'

/** Keeps subjects' own limits: an item each, counted in the policy's item by the same transaction. */
export function createOverrideStore({ client, tableName, newToken }: PolicyWritesOptions): OverrideStore {
  const commit = async (items: readonly TransactWriteItem[], signal: AbortSignal) =>
    transact(client, { items, token: newToken() }, { signal })
  return {
    async read({ tenant, name, subject }, signal) {
      const input = { TableName: tableName, Key: overrideKey({ tenant, name, subject }), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input), { signal })
      return Item && toOverride(Item, name)
    },
    async insert(policy, override, signal) {
      const key = overrideKey({ ...policy, subject: override.subject })
      const { outcome } = await commit(
        [
          {
            Put: {
              TableName: tableName,
              Item: { ...key, ...overrideAttributes(override) },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
          {
            Update: {
              TableName: tableName,
              Key: policyKey(policy),
              ConditionExpression: 'version = :version AND overrides < :most',
              UpdateExpression: 'ADD overrides :one',
              ExpressionAttributeValues: {
                ':version': { S: policy.version },
                ':most': number(MAX_OVERRIDES),
                ':one': number(1),
              },
            },
          },
        ],
        signal,
      )
      return outcome === 'written' ? 'written' : 'raced'
    },
    async replace(tenant, override, signal) {
      const { policy: name, subject } = override
      const input = {
        TableName: tableName,
        Item: { ...overrideKey({ tenant, name, subject }), ...overrideAttributes(override) },
        ConditionExpression: 'attribute_exists(pk)',
      }
      const { outcome } = await conditionalWrite(client, { operation: 'PutItem', input }, { signal })
      return outcome === 'written' ? 'written' : 'raced'
    },
    async remove({ tenant, name, subject }, signal) {
      const result = await commit(
        removal(tableName, { id: { tenant, name }, keys: [overrideKey({ tenant, name, subject })] }),
        signal,
      )
      if (result.outcome === 'written') return 'removed'
      return result.items[0]?.reason === 'condition' ? 'not-found' : 'raced'
    },
  }
}

/** A transaction holds a hundred items, one of which is the policy's. */
const BATCH = 99
/** Enough for all of them, and for some that others add or take meanwhile. */
const MAX_BATCHES = 3 * Math.ceil(MAX_OVERRIDES / BATCH)

/**
 * Removes all overrides of a deleted policy, so many at a time, so that their count is right whenever it ends. Each batch
 * asserts that there is no policy: one that was made meanwhile keeps its own.
 */
export function createRemoveOverrides(options: PolicyWritesOptions & TransactWhenFreeOptions): RemoveOverrides {
  const { client, tableName, newToken } = options
  const transactWhenFree = createTransactWhenFree(options)
  return async (id, signal) => {
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk',
          ProjectionExpression: 'pk, sk',
          ExpressionAttributeValues: { ':pk': { S: overridesPk(id) } },
          ConsistentRead: true,
          Limit: BATCH,
        }),
        { signal },
      )
      if (Items.length === 0) return
      const items = removal(tableName, { id, keys: Items }, 'attribute_not_exists(definitionJson) AND ')
      const result = await transactWhenFree(() => ({ items, token: newToken() }), signal)
      const counted = result.outcome === 'cancelled' ? result.items.at(-1) : undefined
      if (counted?.reason === 'condition' && counted.item?.definitionJson) return
    }
    throw new AppError('conflict', `The overrides of ${id.name} change all the time`, { retryable: true })
  }
}

/** Deletes overrides that are there, and counts them off, if another condition on their policy's item holds, too. */
function removal(
  tableName: string,
  { id, keys }: { id: PolicyId; keys: readonly Item[] },
  condition = '',
): TransactWriteItem[] {
  const deletes = keys.map((Key) => ({
    Delete: { TableName: tableName, Key, ConditionExpression: 'attribute_exists(pk)' },
  }))
  const count = {
    Update: {
      TableName: tableName,
      Key: policyKey(id),
      ConditionExpression: `${condition}overrides >= :count`,
      UpdateExpression: 'ADD overrides :minus',
      ExpressionAttributeValues: { ':count': number(keys.length), ':minus': number(-keys.length) },
    },
  }
  return [...deletes, count]
}
