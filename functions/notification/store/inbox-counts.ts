import { GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import { endOf, firstDay, type InboxCounts } from '../domain/inbox.ts'
import type { InboxHead, InboxOwner } from '../inbox/list-inbox.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { inboxCountsKey } from './keys.ts'

/** Counts of so many days that have ended are removed with each change, so that their item doesn't grow. */
const FORGOTTEN_DAYS = 14

/**
 * Builds the change of an inbox's counts, which are kept by day, since items of a day end together, and nobody tells
 * when DynamoDB deletes one.
 */
export function countsUpdate(
  TableName: string,
  owner: InboxOwner,
  { changes, now }: { changes: ReadonlyMap<number, InboxCounts>; now: number },
): TransactWriteItem {
  const counts = [...changes].flatMap(([day, { unseen, unread }]) => [
    { name: `unseen${day}`, by: unseen },
    { name: `unread${day}`, by: unread },
  ])
  const ended = Array.from({ length: FORGOTTEN_DAYS }, (_, days) => firstDay(now) - 1 - days)
    .filter((day) => !changes.has(day))
    .flatMap((day) => [`unseen${day}`, `unread${day}`])
  return {
    Update: {
      TableName,
      Key: toKey(inboxCountsKey(owner)),
      UpdateExpression: [
        'SET #ttl = :ttl',
        `ADD revision :one, ${counts.map(({ name }) => `${name} :${name}`).join(', ')}`,
        `REMOVE ${ended.join(', ')}`,
      ].join(' '),
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: toItem({
        ':one': 1,
        ':ttl': Math.ceil(endOf(now) / 1000),
        ...Object.fromEntries(counts.map(({ name, by }) => [`:${name}`, by])),
      }),
    },
  }
}

/** Reads the counts of an inbox, consistently. It rejects as `DynamoDB` does. */
export async function readHead(
  { client, tableName }: Table,
  { owner, now }: { owner: InboxOwner; now: number },
  signal: AbortSignal,
): Promise<InboxHead> {
  const input = { TableName: tableName, Key: toKey(inboxCountsKey(owner)), ConsistentRead: true }
  const { Item } = await client.send(new GetItemCommand(input), { signal })
  const { revision = 0, ...counts }: Record<string, number> = Item ? fromItem<Record<string, number>>(Item) : {}
  const sum = (kind: string) =>
    Object.entries(counts)
      .filter(([name]) => name.startsWith(kind) && Number(name.slice(kind.length)) >= firstDay(now))
      .reduce((total, [, count]) => total + count, 0)
  return { revision, unseen: sum('unseen'), unread: sum('unread') }
}
