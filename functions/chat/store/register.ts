import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Random } from '../../shared/clock.ts'
import { createBatchGet } from '../../shared/data/batch-get.ts'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { AppError } from '../../shared/errors.ts'
import { randomPause, type StartTimer } from '../../shared/resilience/timer.ts'
import type { LiveConnection, Recipient, Register } from '../domain/live-connection.ts'
import type { Member } from '../domain/member.ts'
import type { Room } from '../domain/room.ts'
import { ttlOf } from './connections.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { recipientKey, recordKey, shardOf } from './keys.ts'

export interface RegisterOptions extends Table {
  random: Random
  startTimer: StartTimer
}

/** Rooms of a transaction, which holds 100 items: a user of 1,000 rooms has 20 transactions. */
const ROOMS_AT_ONCE = 50
/** Tries, each for the rooms whose records changed meanwhile; pauses add up to a second at most. */
const MAX_TRIES = 5
const MAX_PAUSE_MS = 250

interface MemberRoom {
  readonly room: Room
  readonly member: Member
}

/** Creates what registers a connection in rooms: see `Register`. */
export function createRegister(options: RegisterOptions): Register {
  const { client, tableName, random, startTimer } = options
  const batchGet = createBatchGet(options)

  /** Reads those of the rooms that exist and whose member the user is. */
  async function readRooms({ tenant, user }: LiveConnection, rooms: readonly string[], signal: AbortSignal) {
    const keys = rooms.flatMap((room) => [
      recordKey({ tenant, room }, { record: 'room' }),
      recordKey({ tenant, room }, { record: 'member', user }),
    ])
    const items = await batchGet(keys.map(toKey), { consistent: true, signal })
    const found = new Map(items.map((item) => [JSON.stringify(keyOf(item)), fromItem<unknown>(item).value]))
    const get = (index: number) => found.get(JSON.stringify(keys[index]))
    return rooms.flatMap((_, index): MemberRoom[] => {
      const room = get(2 * index) as Room | undefined
      const member = get(2 * index + 1) as Member | undefined
      return room && room.deletedAt === null && member ? [{ room, member }] : []
    })
  }

  function itemsOf(connection: LiveConnection, { room, member }: MemberRoom): TransactWriteItem[] {
    const { tenant, user, connectionId, connectedAt } = connection
    const id = { tenant, room: room.id }
    const key = recipientKey(id, shardOf(connectionId, room.shards), connectionId)
    return [
      {
        ConditionCheck: {
          TableName: tableName,
          Key: toKey(recordKey(id, { record: 'member', user })),
          ConditionExpression: 'joined = :joined',
          ExpressionAttributeValues: { ':joined': { N: String(member.joined) } },
        },
      },
      {
        Put: {
          TableName: tableName,
          Item: toItem({ ...key, ...recipientOf(connection, member), ttl: ttlOf(connectedAt) }),
        },
      },
    ]
  }

  return async (connection, rooms, signal) => {
    const registered = new Map<string, Recipient>()
    let pending = [...rooms]
    for (let tries = 1; pending.length > 0; tries++) {
      if (tries > MAX_TRIES) throw new AppError('conflict', 'Rooms of a connection keep changing', { retryable: true })
      if (tries > 1) await randomPause({ maxMs: MAX_PAUSE_MS, random, signal, startTimer })
      const found = await readRooms(connection, pending, signal)
      pending = []
      for (const chunk of chunksOf(found, ROOMS_AT_ONCE)) {
        const items = chunk.flatMap((each) => itemsOf(connection, each))
        const { outcome } = await transact(client, { items }, { signal })
        for (const { room, member } of chunk) {
          if (outcome === 'written') registered.set(room.id, recipientOf(connection, member))
          else pending.push(room.id)
        }
      }
    }
    return registered
  }
}

function recipientOf({ connectionId, user, connectedAt }: LiveConnection, { joined }: Member): Recipient {
  return { connectionId, user, joined, connectedAt }
}

function chunksOf<Value>(values: readonly Value[], size: number): Value[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  )
}
