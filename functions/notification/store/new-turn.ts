import type { DynamoDBRecord } from 'aws-lambda'
import type { Item } from '../../shared/data/table.ts'
import { readTurn, type Turn } from '../deliver/turn.ts'
import { fromItem } from './items.ts'
import { CHANNEL } from './keys.ts'

/**
 * Reads the turn that a record of the table's stream gives a channel; `undefined` for any other record, and for a turn
 * that has a timer.
 *
 * @throws Error naming the attributes that are missing or wrong.
 */
export function readNewTurn({ dynamodb }: DynamoDBRecord): Turn | undefined {
  const item = dynamodb?.NewImage as Item | undefined
  const before = dynamodb?.OldImage as Item | undefined
  if (!item?.sk?.S?.startsWith(CHANNEL) || before?.turn?.N === item.turn?.N) return undefined
  if (item.timed?.BOOL) return undefined
  return readTurn(fromItem(item))
}
