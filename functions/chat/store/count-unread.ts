import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { type BatchGet, type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { EVERYONE, type Message } from '../domain/message.ts'
import { type CountUnread, MAX_UNREAD, type UnreadQuery } from '../rooms/unread.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { LAST_NUMBER, MESSAGE, mentionsSk, recordKey, roomPk, sortable } from './keys.ts'

/** Items that the first page of a query reads; each further page reads twice as many. */
const FIRST_PAGE = 100

/** Creates the consistent counts of unread messages. They reject as `DynamoDB` does. */
export function createCountUnread(options: BatchGetOptions): CountUnread {
  const batchGet = createBatchGet(options)
  return async (query, signal) => {
    const [unread, mentions] = await Promise.all([
      countMessages(options, query, signal),
      countMentions(options, { ...query, batchGet }, signal),
    ])
    return { unread, mentions }
  }
}

async function countMessages(table: Table, query: UnreadQuery, signal: AbortSignal): Promise<number> {
  let unread = 0
  for await (const items of pages(table, { ...query, prefix: MESSAGE, condition: OF_OTHERS }, signal)) {
    unread += items.length
    if (unread >= MAX_UNREAD) return MAX_UNREAD
  }
  return unread
}

/** A message that mentions the user and all counts once; one that was deleted, or is the user's own, doesn't count. */
async function countMentions(
  table: Table,
  { batchGet, ...query }: UnreadQuery & { batchGet: BatchGet },
  signal: AbortSignal,
): Promise<number> {
  const counted = new Set<number>()
  for (const prefix of [mentionsSk(query.user), mentionsSk(EVERYONE)]) {
    for await (const items of pages(table, { ...query, prefix }, signal)) {
      const found = items.map((item) => Number(keyOf(item).sk.slice(prefix.length))).filter((seq) => !counted.has(seq))
      const keys = found.map((seq) => toKey(recordKey(query, { record: 'message', seq })))
      for (const item of await batchGet(keys, { consistent: true, signal })) {
        const { seq, user, deleted } = fromItem<Message>(item).value
        if (user !== query.user && deleted === null) counted.add(seq)
      }
      if (counted.size >= MAX_UNREAD) return MAX_UNREAD
    }
  }
  return counted.size
}

interface PagesQuery extends UnreadQuery {
  /** The start of the keys, which go on with a number. */
  readonly prefix: string
  readonly condition?: typeof OF_OTHERS
}

const OF_OTHERS = {
  expression: '#user <> :user AND deleted = :none',
  names: { '#user': 'user' },
}

async function* pages(
  { client, tableName }: Table,
  { user, after, prefix, condition, ...id }: PagesQuery,
  signal: AbortSignal,
): AsyncGenerator<Item[]> {
  const range = { ':pk': roomPk(id), ':from': prefix + sortable(after + 1), ':to': prefix + LAST_NUMBER }
  let start: Item | undefined
  let limit = FIRST_PAGE
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ProjectionExpression: 'pk, sk',
        ...(condition && {
          FilterExpression: condition.expression,
          ExpressionAttributeNames: condition.names,
        }),
        ExpressionAttributeValues: toItem({ ...range, ...(condition && { ':user': user, ':none': null }) }),
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
      { signal },
    )
    yield Items
    start = LastEvaluatedKey
    limit *= 2
  } while (start)
}
