import { randomUUID } from 'node:crypto'
import { type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import type { ShardRecipients } from '../../../functions/chat/fan-out/fan-out.ts'
import type { createFanOutStore } from '../../../functions/chat/store/fan-out-store.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'

type Workers = ReturnType<typeof createFanOutStore>

/** The ways in which a broken system differs: the checker has to notice each of them. */
export interface Sabotage {
  client: (client: DynamoDB) => DynamoDB
  workers: (workers: Workers) => Workers
  list: (list: ShardRecipients['list']) => ShardRecipients['list']
}

export const NONE: Sabotage = { client: (client) => client, workers: (workers) => workers, list: (list) => list }

/** Commits are not recognised when they come again: their records are stored where nobody finds them. */
export const NO_COMMIT_RECORDS: Sabotage = {
  ...NONE,
  client: (client) => ({
    send(command, options) {
      if (command instanceof TransactWriteItemsCommand) {
        command.input.TransactItems = command.input.TransactItems?.map(hideCommitRecord)
      }
      return client.send(command, options)
    },
  }),
}

function hideCommitRecord(item: TransactWriteItem): TransactWriteItem {
  if (!item.Put?.Item?.sk?.S?.startsWith('commit#')) return item
  return { Put: { ...item.Put, Item: { ...item.Put.Item, sk: { S: `hidden#${randomUUID()}` } } } }
}

/** Events count as sent although their recipients could not be read. */
export const SWALLOWED_ERRORS: Sabotage = {
  ...NONE,
  list: (list) => (shard, signal) => list(shard, signal).catch(() => []),
}

/** Removals don't end what a worker delivers. */
export const DEAF_TO_REMOVALS: Sabotage = {
  ...NONE,
  workers: ({ readEvents, ...workers }) => ({
    ...workers,
    readEvents: async (range, signal) => (await readEvents(range, signal)).map(withoutRemoval),
  }),
}

function withoutRemoval(event: RoomEvent): RoomEvent {
  if (event.type !== 'member' || event.member.role !== null) return event
  return { ...event, member: { ...event.member, role: 'member' } }
}
