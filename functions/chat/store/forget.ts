import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import { retry } from '../../shared/resilience/retry.ts'
import type { Recipient } from '../domain/live-connection.ts'
import type { RoomId } from '../domain/room.ts'
import type { Forget } from '../fan-out/fan-out.ts'
import { createConnectionRecords } from './connections.ts'
import { toItem, toKey } from './items.ts'
import { recordKey, watcherKey } from './keys.ts'
import { createRecipients } from './recipients.ts'
import type { RegisterOptions } from './register.ts'

/** Tries, while another transaction changes the member. */
const MAX_TRIES = 5

/**
 * Creates what forgets recipients. The record of a connection goes before its recipients: if one of them stays, the
 * connection's next frame finds no record, and registers it everywhere.
 */
export function createForget(options: RegisterOptions): Forget {
  const connections = createConnectionRecords(options)
  const recipients = createRecipients(options)
  const { random, startTimer } = options
  const untilItIsFree = retry({ maxAttempts: MAX_TRIES, baseMs: 20, capMs: 300, startTimer, random })
  const removed: Forget['removed'] = async (shard, recipient, signal) => {
    await untilItIsFree((inner) => removeWatcher(options, { id: shard.id, recipient }, inner), signal)
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

/** Removes a watcher, unless its user joined again: since then the connection may have asked to watch the room. */
async function removeWatcher(
  { client, tableName: TableName }: Table,
  { id, recipient }: { readonly id: RoomId; readonly recipient: Recipient },
  signal: AbortSignal,
): Promise<void> {
  const { user, connectionId, joined } = recipient
  const items: TransactWriteItem[] = [
    {
      ConditionCheck: {
        TableName,
        Key: toKey(recordKey(id, { record: 'member', user })),
        ConditionExpression: 'attribute_not_exists(pk) OR joined = :joined',
        ExpressionAttributeValues: toItem({ ':joined': joined }),
      },
    },
    { Delete: { TableName, Key: toKey(watcherKey(id, connectionId)) } },
  ]
  const written = await transact(client, { items }, { signal })
  if (written.outcome === 'written' || written.items[0]?.reason === 'condition') return
  throw new AppError('conflict', 'Other requests change a member who was removed', { retryable: true })
}
