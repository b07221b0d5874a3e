import type { DynamoDBRecord } from 'aws-lambda'
import type { Item } from '../../shared/data/table.ts'
import { readTurn, type Turn } from '../deliver/turn.ts'
import { fromItem } from './items.ts'
import { CHANNEL } from './keys.ts'

/** The time after which the stream's message is sent, when another one was sent before: that is done by then. */
const BACKUP_MS = 10_000

/**
 * Reads the turn that a record of the table's stream gives a channel; `undefined` for any other record, and for a turn
 * that has a timer.
 *
 * @throws Error naming the attributes that are missing or wrong.
 */
export function readNewTurn({ dynamodb }: DynamoDBRecord): Turn | undefined {
  const item = dynamodb?.NewImage as Item | undefined
  const before = dynamodb?.OldImage as Item | undefined
  if (!item?.dispatch || !item.sk?.S?.startsWith(CHANNEL) || before?.turn?.N === item.turn?.N) return undefined
  const turn = readTurn(fromItem(item))
  return item.dispatch.S === 'as-backup' ? { ...turn, dueAt: turn.dueAt + BACKUP_MS } : turn
}
