import type { DynamoDBRecord } from 'aws-lambda'
import type { Item } from '../../shared/data/table.ts'
import { createSendBatches, type SendBatchesOptions } from '../../shared/queue/send-batches.ts'
import type { BroadcastTurn } from '../domain/broadcast.ts'
import type { Priority } from '../domain/channel.ts'
import { readBroadcastTurn, type SendBroadcastTurns } from '../topics/broadcast-turn.ts'
import { fromItem } from './items.ts'
import { BROADCAST } from './keys.ts'

/**
 * Reads the turn that a record of the table's stream gives a broadcast; `undefined` for any other record.
 *
 * @throws Error when the broadcast is not readable.
 */
export function readNewBroadcast({ dynamodb }: DynamoDBRecord): BroadcastTurn | undefined {
  const item = dynamodb?.NewImage as Item | undefined
  const before = dynamodb?.OldImage as Item | undefined
  if (item?.sk?.S !== BROADCAST || before?.turn?.N === item.turn?.N) return undefined
  return readBroadcastTurn(fromItem(item))
}

export interface BroadcastQueuesOptions extends Omit<SendBatchesOptions, 'queueUrl'> {
  queueUrlOf: (priority: Priority) => string
}

/**
 * Creates what sends turns of broadcasts to the queues of their priorities, each with its tenant, so that SQS serves
 * tenants fairly.
 *
 * @throws as `createSendBatches` does: whoever sends all of the turns again may send some twice.
 */
export function createSendBroadcastTurns({ queueUrlOf, ...options }: BroadcastQueuesOptions): SendBroadcastTurns {
  return async (turns, signal) => {
    const byQueue = Map.groupBy(turns, ({ priority }) => queueUrlOf(priority))
    for (const [queueUrl, some] of byQueue) {
      const entries = some.map((turn) => ({ MessageBody: JSON.stringify(turn), MessageGroupId: turn.tenant }))
      await createSendBatches({ ...options, queueUrl })(entries, signal)
    }
  }
}
