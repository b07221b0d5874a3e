import type { ConditionCheck } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../shared/data/table.ts'
import { createTransactWhenFree } from '../../shared/data/transact-when-free.ts'
import type { Forget } from '../fan-out/fan-out.ts'
import { createConnectionRecords } from './connections.ts'
import { toItem, toKey } from './items.ts'
import { connectionKey, recipientKey, recordKey, watcherKey } from './keys.ts'
import { createRecipients } from './recipients.ts'
import type { RegisterOptions } from './register.ts'

/**
 * Creates what forgets recipients. The record of a connection goes before its recipients: if one of them stays, the
 * connection's next frame finds no record, and registers it everywhere. If that frame comes first, the recipient stays.
 *
 * @throws what `DynamoDB` throws; AppError (retryable) when every try conflicts with other requests.
 */
export function createForget(options: RegisterOptions): Forget {
  const { tableName: TableName } = options
  const transactWhenFree = createTransactWhenFree(options)
  const connections = createConnectionRecords(options)
  const recipients = createRecipients(options)

  /** Deletes items, unless the check fails: then they are needed again. */
  async function removeIf(check: Omit<ConditionCheck, 'TableName'>, keys: readonly Item[], signal: AbortSignal) {
    const items = [{ ConditionCheck: { TableName, ...check } }, ...keys.map((Key) => ({ Delete: { TableName, Key } }))]
    await transactWhenFree(() => ({ items }), signal)
  }

  return {
    async removed({ id, shard }, recipient, signal) {
      const { user, connectionId, joined } = recipient
      // Since another join the connection may have asked to watch the room.
      const hasNotJoinedAgain = {
        Key: toKey(recordKey(id, { record: 'member', user })),
        ConditionExpression: 'attribute_not_exists(pk) OR joined = :joined',
        ExpressionAttributeValues: toItem({ ':joined': joined }),
      }
      await removeIf(hasNotJoinedAgain, [toKey(watcherKey(id, connectionId))], signal)
      await recipients.remove({ id, shard }, recipient, signal)
    },
    async gone({ id, shard }, recipient, signal) {
      const { user, connectionId } = recipient
      const connection = { tenant: id.tenant, user, connectionId }
      await connections.remove(connection, signal)
      const isNotBack = {
        Key: toKey(connectionKey(connection, connectionId)),
        ConditionExpression: 'attribute_not_exists(pk)',
      }
      const keys = [watcherKey(id, connectionId), recipientKey(id, shard, connectionId)].map(toKey)
      await removeIf(isNotBack, keys, signal)
    },
  }
}
