import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Cancellation } from '../../shared/data/transact.ts'
import {
  type Allowed,
  COMMIT_RECORD_MS,
  type CommitRequest,
  type Refusal,
  refuse,
  shardsAfter,
} from '../domain/commit.ts'
import type { RecordKey, Write } from '../domain/records.ts'
import { MAX_ROOMS } from '../domain/room.ts'
import type { UserId } from '../domain/user.ts'
import { eventItem } from './event-item.ts'
import { toItem, toKey } from './items.ts'
import { keyName, recordKey, roomCountKey } from './keys.ts'
import type { ReadRecords } from './read-records.ts'

export interface CommitTransaction {
  readonly items: readonly TransactWriteItem[]
  /** Returns the refusal that a cancellation means; `undefined` if the request should be judged again. */
  readonly refusal: (cancellations: readonly Cancellation[]) => Refusal | undefined
}

export interface CommitTransactionInput {
  readonly request: CommitRequest
  readonly allowed: Allowed
  readonly records: ReadRecords
  readonly tableName: string
  readonly operationId: string
}

/**
 * Builds the transaction of a commit: the writes of the change, its event, the record of the commit, the member's token,
 * and a condition on every record that was read. All of it happens, or nothing.
 */
export function commitTransaction(input: CommitTransactionInput): CommitTransaction {
  const { request, allowed, records, tableName } = input
  const { joined = [], left = [] } = allowed.change
  const nameOf = (key: RecordKey) => keyName(recordKey(request, key))
  const writes = mergeByKey(writesOf(request, allowed), nameOf)
  const counts = [
    ...joined.map((user) => roomCount(tableName, { tenant: request.tenant, user }, 1)),
    ...left.map((user) => roomCount(tableName, { tenant: request.tenant, user }, -1)),
  ]
  const context = { request, records, tableName, revision: allowed.seq }
  const items = [
    ...counts,
    { Put: { TableName: tableName, Item: eventItem(input) } },
    ...[...writes.values()].map((write) => toWriteItem(write, context)),
    ...records.keys
      .filter((key) => !writes.has(nameOf(key)))
      .map((key) => ({
        ConditionCheck: {
          TableName: tableName,
          Key: toKey(recordKey(request, key)),
          ...unchanged(records.revision(key)),
        },
      })),
  ]
  const isFull = (cancellation: Cancellation | undefined) => cancellation?.reason === 'condition'
  return {
    items,
    refusal: (cancellations) =>
      cancellations.slice(0, counts.length).some(isFull)
        ? refuse('limit-reached', `A user can be a member of at most ${MAX_ROOMS} rooms.`)
        : undefined,
  }
}

function writesOf({ user, once }: CommitRequest, allowed: Allowed): Write[] {
  const { change, seq, at, tokensFullAt } = allowed
  const expiresAt = at + COMMIT_RECORD_MS
  const commit: Write[] = once
    ? [
        {
          key: { record: 'commit', user, cid: once.cid },
          put: { seq, at, fingerprint: once.fingerprint, expiresAt },
          ttlAt: expiresAt,
        },
      ]
    : []
  return [
    { key: { record: 'room' }, set: { ...change.room, head: seq, headAt: at, shards: shardsAfter(allowed) } },
    { key: { record: 'member', user }, set: { tokensFullAt } },
    ...commit,
    ...(change.writes ?? []),
  ]
}

/** Merges the changes of the same record, because a transaction takes one for each item: a later one wins. */
function mergeByKey(writes: readonly Write[], nameOf: (key: RecordKey) => string): Map<string, Write> {
  const merged = new Map<string, Write>()
  for (const write of writes) {
    const name = nameOf(write.key)
    const earlier = merged.get(name)
    const isSum = earlier && 'set' in earlier && 'set' in write
    merged.set(name, isSum ? ({ ...write, set: { ...earlier.set, ...write.set } } as Write) : write)
  }
  return merged
}

interface WriteContext {
  readonly request: CommitRequest
  readonly records: ReadRecords
  readonly tableName: string
  readonly revision: number
}

function toWriteItem(write: Write, { request, records, tableName, revision }: WriteContext): TransactWriteItem {
  const key = recordKey(request, write.key)
  const wasRead = records.keys.some((read) => keyName(recordKey(request, read)) === keyName(key))
  const condition = wasRead ? unchanged(records.revision(write.key)) : undefined
  if ('put' in write) {
    const ttl = write.ttlAt === undefined ? undefined : Math.ceil(write.ttlAt / 1000)
    return { Put: { TableName: tableName, Item: toItem({ ...key, ...write.put, revision, ttl }), ...condition } }
  }
  if ('remove' in write) return { Delete: { TableName: tableName, Key: toKey(key), ...condition } }
  return { Update: { TableName: tableName, Key: toKey(key), ...assignment({ ...write.set, revision }, condition) } }
}

interface Condition {
  ConditionExpression: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Record<string, { N: string }>
}

/** Requires that a record is as it was read, or still missing. */
function unchanged(revision: number | undefined): Condition {
  if (revision === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' }
  return {
    ConditionExpression: 'revision = :seen',
    ExpressionAttributeValues: { ':seen': { N: String(revision) } },
  }
}

/** Sets fields of a record that exists, except those that are `undefined`. Names are aliased: some are reserved words. */
function assignment(fields: object, condition: Condition = { ConditionExpression: 'attribute_exists(pk)' }) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  const names = given.map(([name]) => name)
  const values = toItem(Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])))
  return {
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ConditionExpression: condition.ConditionExpression,
    ExpressionAttributeValues: { ...values, ...condition.ExpressionAttributeValues },
  }
}

/** Counts a user's rooms, up to their limit. */
export function roomCount(TableName: string, user: UserId, by: 1 | -1): TransactWriteItem {
  return {
    Update: {
      TableName,
      Key: toKey(roomCountKey(user)),
      UpdateExpression: 'ADD rooms :by',
      ...(by === 1 && { ConditionExpression: 'attribute_not_exists(rooms) OR rooms < :limit' }),
      ExpressionAttributeValues: { ':by': { N: String(by) }, ...(by === 1 && { ':limit': { N: String(MAX_ROOMS) } }) },
    },
  }
}
