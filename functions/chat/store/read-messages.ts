import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Message } from '../domain/message.ts'
import type { ReadMessages, ReadOwnReactions } from '../history/list-messages.ts'
import type { ReadMessage, ReadReplies } from '../history/list-thread.ts'
import { fromItem, keyOf, toKey } from './items.ts'
import { MESSAGE, recordKey, repliesSk } from './keys.ts'
import { queryRange } from './query-range.ts'

/** Creates the consistent read of a part of a room's messages. It rejects as `DynamoDB` does. */
export function createReadMessages(table: Table): ReadMessages {
  return async ({ direction, ...range }, signal) => {
    const newestFirst = direction === 'before'
    const { items, more } = await queryRange(table, { ...range, prefix: MESSAGE, newestFirst }, signal)
    const messages = items.map((item) => fromItem<Message>(item).value)
    return { messages: newestFirst ? messages.reverse() : messages, more }
  }
}

/** Creates the consistent read of one message. It rejects as `DynamoDB` does. */
export function createReadMessage({ client, tableName: TableName }: Table): ReadMessage {
  return async ({ seq, ...id }, signal) => {
    const input = { TableName, Key: toKey(recordKey(id, { record: 'message', seq })), ConsistentRead: true }
    const { Item } = await client.send(new GetItemCommand(input), { signal })
    return Item && fromItem<Message>(Item).value
  }
}

/** Creates the consistent read of a thread's replies. It rejects as `createBatchGet` does. */
export function createReadReplies(options: BatchGetOptions): ReadReplies {
  const batchGet = createBatchGet(options)
  return async ({ root, ...range }, signal) => {
    const prefix = repliesSk(root)
    const { items, more } = await queryRange(options, { ...range, prefix }, signal)
    const seqs = items.map((item) => Number(keyOf(item).sk.slice(prefix.length)))
    const keys = seqs.map((seq) => toKey(recordKey(range, { record: 'message', seq })))
    const found = await batchGet(keys, { consistent: true, signal })
    const messages = found.map((item) => fromItem<Message>(item).value)
    return { messages: messages.sort((a, b) => a.seq - b.seq), more }
  }
}

/**
 * Creates the consistent read of a user's reactions. It asks for each emoji that a message has, so that the work depends
 * on the page alone, and not on how often the user reacted to other messages. It rejects as `createBatchGet` does.
 */
export function createReadOwnReactions(options: BatchGetOptions): ReadOwnReactions {
  const batchGet = createBatchGet(options)
  return async ({ user, messages, ...id }, signal) => {
    const asked = messages.flatMap(({ seq, reactions }) =>
      Object.keys(reactions).map((emoji) => {
        const key = recordKey(id, { record: 'reaction', user, seq, emoji })
        return { seq, emoji, key }
      }),
    )
    const found = await batchGet(
      asked.map(({ key }) => toKey(key)),
      { consistent: true, signal },
    )
    const existing = new Set(found.map((item) => keyOf(item).sk))
    const own = new Map<number, string[]>()
    for (const { seq, emoji, key } of asked) {
      if (existing.has(key.sk)) own.set(seq, [...(own.get(seq) ?? []), emoji])
    }
    return own
  }
}
