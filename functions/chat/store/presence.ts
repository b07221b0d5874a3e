import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Presence } from '../domain/presence.ts'
import type { CheckPresenceDeps } from '../presence/check-presence.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { connectionKey, presenceKey } from './keys.ts'

/** Creates access to the presence of users. All rejects as `DynamoDB` does. */
export function createPresenceRecords({
  client,
  tableName: TableName,
}: Table): Pick<CheckPresenceDeps, 'readPresence' | 'writePresence' | 'markVanished'> {
  return {
    async readPresence(user, signal) {
      const input = { TableName, Key: toKey(presenceKey(user)), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input), { signal })
      return Item && toPresence(fromItem<Omit<Presence, 'revision'>>(Item))
    },
    async writePresence({ before, after, ...user }, signal) {
      const input = {
        TableName,
        Item: toItem({ ...presenceKey(user), ...after }),
        ...(before
          ? {
              ConditionExpression: 'revision = :before',
              ExpressionAttributeValues: { ':before': { N: String(before.revision) } },
            }
          : { ConditionExpression: 'attribute_not_exists(pk)' }),
      }
      const { outcome } = await conditionalWrite(client, { operation: 'PutItem', input }, { signal })
      return outcome === 'written'
    },
    async markVanished({ tenant, user, connectionId, seenAt }, signal) {
      const input = {
        TableName,
        Key: toKey(connectionKey({ tenant, user }, connectionId)),
        UpdateExpression: 'SET vanished = :yes',
        ConditionExpression: 'seenAt = :seenAt',
        ExpressionAttributeValues: { ':yes': { BOOL: true }, ':seenAt': { N: String(seenAt) } },
      }
      const { outcome, item } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
      return outcome === 'written' || item === undefined
    },
  }
}

function toPresence({ value, revision }: { value: Omit<Presence, 'revision'>; revision: number }): Presence {
  return { ...value, revision }
}

/** Creates the read of those of some users who are online. It rejects as `DynamoDB` does. */
export function createReadOnline(options: BatchGetOptions) {
  const batchGet = createBatchGet(options)
  return async (tenant: string, users: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> => {
    const names = new Map(users.map((user) => [presenceKey({ tenant, user }).pk, user]))
    const keys = users.map((user) => toKey(presenceKey({ tenant, user })))
    const items = await batchGet(keys, { consistent: false, signal })
    const online = items.filter((item) => fromItem<Presence>(item).value.online)
    return new Set(online.flatMap((item) => names.get(keyOf(item).pk) ?? []))
  }
}
