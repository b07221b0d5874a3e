import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import type { Recipient } from '../domain/live-connection.ts'
import type { Trace } from '../domain/records.ts'
import type { Room, RoomId } from '../domain/room.ts'
import type { PseudonymiseDeps } from '../pseudonymise/pseudonymise.ts'
import { createConnectionRecords } from './connections.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import {
  CONNECTION,
  type Key,
  MEMBERSHIP,
  presenceKey,
  pseudonymisationKey,
  recordKey,
  roomCountKey,
  shardPk,
  TRACE,
  typingKey,
  userPk,
  watcherKey,
  watchersPk,
} from './keys.ts'
import { forget } from './memberships.ts'

type ForgetUser = Pick<
  PseudonymiseDeps,
  'listTraces' | 'unregister' | 'readTrace' | 'removeTrace' | 'removeConnection' | 'forgetUser'
>

const CONCURRENCY = 10

/** Creates what finds and removes the records of a user that are not in a room's own partition. All reject as `DynamoDB` does. */
export function createForgetUser(table: Table): ForgetUser {
  const { client, tableName: TableName } = table
  const connections = createConnectionRecords(table)

  async function remove(key: Key, signal: AbortSignal): Promise<void> {
    await client.send(new DeleteItemCommand({ TableName, Key: toKey(key) }), { signal })
  }

  async function removeOwn(items: readonly Item[], user: string, signal: AbortSignal): Promise<void> {
    const own = items.filter((item) => fromItem<Pick<Recipient, 'user'>>(item).value.user === user)
    for (const item of own) await remove(keyOf(item), signal)
  }

  async function readHead(tenant: string, room: string, signal: AbortSignal): Promise<Room | undefined> {
    const Key = toKey(recordKey({ tenant, room }, { record: 'room' }))
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })
    return Item && fromItem<Room>(Item).value
  }

  return {
    async listTraces(id, signal) {
      const lists = await Promise.all(
        [MEMBERSHIP, TRACE].map(async (prefix) => {
          const items = await queryAll(table, { pk: userPk(id), prefix }, signal)
          return items.map((item) => keyOf(item).sk.slice(prefix.length))
        }),
      )
      return [...new Set(lists.flat())]
    },
    async unregister({ user, ...id }, signal) {
      const { shards = 1 } = (await readHead(id.tenant, id.room, signal)) ?? {}
      const partitions = [watchersPk(id), ...Array.from({ length: shards }, (_, shard) => shardPk(id, shard))]
      const errors: unknown[] = []
      await inParallel(partitions, CONCURRENCY, async (pk) => {
        try {
          await removeOwn(await queryAll(table, { pk, prefix: CONNECTION }, signal), user, signal)
        } catch (error) {
          errors.push(error)
        }
      })
      if (errors.length > 0) throw errors[0]
      await remove(typingKey(id, user), signal)
    },
    async readTrace(member, signal) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key: traceKey(member), ConsistentRead: true }),
        { signal },
      )
      return Item && fromItem<Partial<Trace>>(Item).value.id
    },
    async removeTrace({ trace, ...member }, signal) {
      const { tenant, user, room } = member
      const head = await readHead(tenant, room, signal)
      if (head?.deletedAt) await forget(table, { id: { tenant, user }, deleted: [head] }, signal)
      const condition =
        trace === undefined
          ? { ConditionExpression: 'attribute_not_exists(id)' }
          : { ConditionExpression: 'id = :id', ExpressionAttributeValues: toItem({ ':id': trace }) }
      const input = { TableName, Key: traceKey(member), ...condition }
      await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
    },
    async removeConnection(connection, signal) {
      const { tenant, connectionId, watched } = connection
      for (const room of watched) await remove(watcherKey({ tenant, room }, connectionId), signal)
      await connections.remove(connection, signal)
    },
    async forgetUser({ requestedAt, ...id }, signal) {
      const counter = { TableName, Key: toKey(roomCountKey(id)), ConditionExpression: 'rooms <= :none' }
      const input = { ...counter, ExpressionAttributeValues: { ':none': { N: '0' } } }
      await conditionalWrite(client, { operation: 'DeleteItem', input }, { signal })
      const record = {
        TableName,
        Key: toKey(pseudonymisationKey(id)),
        ConditionExpression: 'requestedAt = :requestedAt',
        ExpressionAttributeValues: toItem({ ':requestedAt': requestedAt }),
      }
      const items = [{ Delete: record }, { Delete: { TableName, Key: toKey(presenceKey(id)) } }]
      const { outcome } = await transact(client, { items }, { signal })
      return outcome === 'written'
    },
  }
}

function traceKey({ user, ...id }: RoomId & { readonly user: string }): Item {
  return toKey(recordKey(id, { record: 'trace', user }))
}
