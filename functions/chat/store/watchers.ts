import { DeleteItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Random } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import { queryAll } from '../../shared/data/query-all.ts'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { randomPause, type StartTimer } from '../../shared/resilience/timer.ts'
import type { LiveConnection } from '../domain/live-connection.ts'
import type { RoomId } from '../domain/room.ts'
import type { ListWatchers, SetWatched, Watcher } from '../domain/watcher.ts'
import type { TakeTyping } from '../presence/typing.ts'
import { createConnectionRecords, ttlOf } from './connections.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { CONNECTION, connectionKey, recordKey, typingKey, watcherKey, watchersPk } from './keys.ts'
import { createReadRoomStates } from './read-room-states.ts'

export interface WatchersOptions extends Table {
  random: Random
  startTimer: StartTimer
}

const MAX_TRIES = 5
const MAX_PAUSE_MS = 100

export function createListWatchers(table: Table): ListWatchers {
  return async (id, signal) => {
    const items = await queryAll(table, { pk: watchersPk(id), prefix: CONNECTION }, signal)
    return items.map((item) => fromItem<Watcher>(item).value)
  }
}

/** Creates what forgets a watcher whose connection is gone. */
export function createRemoveWatcher({ client, tableName: TableName }: Table) {
  return async (id: RoomId, connectionId: string, signal: AbortSignal): Promise<void> => {
    await client.send(new DeleteItemCommand({ TableName, Key: toKey(watcherKey(id, connectionId)) }), { signal })
  }
}

/**
 * Creates the write that replaces the rooms that a connection watches, in one transaction with the checks that its user
 * is a member of them. The heads of the rooms are only read before, because a check of them would be in the way of the
 * rooms' commits: a room that is deleted in between has nothing to send to those who watch it.
 */
export function createSetWatched(options: WatchersOptions): SetWatched {
  const { client, tableName: TableName, random, startTimer } = options
  const { get } = createConnectionRecords(options)
  const readRoomStates = createReadRoomStates(options)

  function itemsOf(connection: LiveConnection, before: readonly string[], rooms: readonly string[]) {
    const { tenant, user, connectionId, connectedAt } = connection
    const ttl = ttlOf(connectedAt)
    const checks = rooms.map((room): TransactWriteItem => {
      const Key = toKey(recordKey({ tenant, room }, { record: 'member', user }))
      return { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(pk)' } }
    })
    const puts = rooms.map((room): TransactWriteItem => {
      const watcher: Watcher = { connectionId, user }
      return { Put: { TableName, Item: toItem({ ...watcherKey({ tenant, room }, connectionId), ...watcher, ttl }) } }
    })
    const removals = before
      .filter((room) => !rooms.includes(room))
      .map((room): TransactWriteItem => {
        return { Delete: { TableName, Key: toKey(watcherKey({ tenant, room }, connectionId)) } }
      })
    const record: TransactWriteItem = {
      Update: {
        TableName,
        Key: toKey(connectionKey({ tenant, user }, connectionId)),
        UpdateExpression: 'SET watched = :rooms',
        ConditionExpression: 'watched = :before',
        ExpressionAttributeValues: toItem({ ':rooms': rooms, ':before': before }),
      },
    }
    return [...checks, ...puts, ...removals, record]
  }

  return async (connection, rooms, signal) => {
    const states = await readRoomStates(connection, rooms, signal)
    if ([...states.values()].some(({ room }) => room?.deletedAt !== null)) return 'not-member'
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const record = await get(connection, signal)
      if (record) {
        const items = itemsOf(connection, record.watched, rooms)
        const written = await transact(client, { items }, { signal })
        if (written.outcome === 'written') return 'watched'
        if (written.items.slice(0, rooms.length).some(({ reason }) => reason === 'condition')) return 'not-member'
      }
      await randomPause({ maxMs: MAX_PAUSE_MS, random, signal, startTimer })
    }
    return 'contended'
  }
}

/** Creates the write that lets others be notified that a user is typing, at most once in a given time. */
export function createTakeTyping({ client, tableName: TableName }: Table): TakeTyping {
  return async ({ user, now, everyMs, ...id }, signal) => {
    const input = {
      TableName,
      Item: toItem({ ...typingKey(id, user), at: now, ttl: Math.ceil((now + everyMs) / 1000) }),
      ConditionExpression: 'attribute_not_exists(pk) OR #at <= :before',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':before': { N: String(now - everyMs) } },
    }
    const { outcome } = await conditionalWrite(client, { operation: 'PutItem', input }, { signal })
    return outcome === 'written'
  }
}
