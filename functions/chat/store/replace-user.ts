import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { conditionalWrite, type WriteOutcome } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { AppError } from '../../shared/errors.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import type { PseudonymiseDeps } from '../pseudonymise/pseudonymise.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { roomPk } from './keys.ts'
import { type Rewrite, rewriteRecord } from './rewrite-record.ts'

/** Items that are written at a time; a partition takes 1,000 writes a second. */
const CONCURRENCY = 20

/** Tries of an item, while commits change it. */
const MAX_TRIES = 8

/**
 * Creates what replaces a user in one page of a room's records. Each is written on condition that it still says what was
 * read, so that no change of somebody else is lost.
 *
 * @throws AppError (retryable) when an item keeps changing, and what `DynamoDB` throws.
 */
export function createReplaceUser({ client, tableName: TableName }: Table): PseudonymiseDeps['replace'] {
  async function write(item: Item, rewrite: Exclude<Rewrite, 'keep'>, signal: AbortSignal): Promise<WriteOutcome> {
    const Key = toKey(keyOf(item))
    return rewrite === 'remove'
      ? conditionalWrite(client, { operation: 'DeleteItem', input: { TableName, Key } }, { signal })
      : conditionalWrite(
          client,
          { operation: 'UpdateItem', input: { TableName, Key, ...update(item, rewrite.set) } },
          { signal },
        )
  }

  return async ({ user, pseudonym, after, ...id }, signal) => {
    const pk = roomPk(id)
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ConsistentRead: true,
        ...(after !== undefined && { ExclusiveStartKey: toKey({ pk, sk: after }) }),
      }),
      { signal },
    )

    async function replaceIn(found: Item): Promise<void> {
      let item: Item | undefined = found
      for (let tries = 0; item && tries < MAX_TRIES; tries++) {
        const rewrite = rewriteRecord(keyOf(item).sk, fromItem<Record<string, unknown>>(item).value, {
          user,
          pseudonym,
        })
        if (rewrite === 'keep') return
        const written = await write(item, rewrite, signal)
        if (written.outcome === 'written') return
        item = written.item
      }
      if (item) throw new AppError('conflict', 'A record of the room keeps changing', { retryable: true })
    }

    const errors: unknown[] = []
    await inParallel(Items, CONCURRENCY, (item) => replaceIn(item).catch((error) => void errors.push(error)))
    if (errors.length > 0) throw errors[0]
    return LastEvaluatedKey && keyOf(LastEvaluatedKey).sk
  }
}

/** Changes fields that are as they were read. */
function update(item: Item, set: Readonly<Record<string, unknown>>) {
  const fields = Object.keys(set)
  const before = Object.fromEntries(fields.map((field) => [`:before_${field}`, item[field]]))
  const after = toItem(Object.fromEntries(fields.map((field) => [`:${field}`, set[field]])))
  const head = headRevision(item)
  return {
    UpdateExpression: `SET ${[...fields.map((field) => `#${field} = :${field}`), ...head.set].join(', ')}`,
    ConditionExpression: [...fields.map((field) => `#${field} = :before_${field}`), ...head.conditions].join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(fields.map((field) => [`#${field}`, field])),
    ExpressionAttributeValues: { ...before, ...after, ...head.values } as Item,
  }
}

/**
 * Lets a change of a room's head count as a change for commits, which write its newest message back as a whole: a commit
 * under way would bring the user back. Commits give the head whole numbers as revisions; this one is halfway to the next.
 */
function headRevision(item: Item) {
  if (keyOf(item).sk !== 'room') return { set: [], conditions: [], values: {} }
  const seen = Number(item.revision?.N)
  const values = { ':seen': { N: String(seen) }, ':between': { N: String((seen + Math.floor(seen) + 1) / 2) } }
  return { set: ['revision = :between'], conditions: ['revision = :seen'], values }
}
