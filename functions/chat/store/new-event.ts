import type { DynamoDBRecord } from 'aws-lambda'
import type { Item } from '../../shared/data/table.ts'
import type { NewEvent } from '../fan-out/dispatch.ts'
import { EVENT } from './keys.ts'

/**
 * Reads the event that a record of the table's stream adds to a room; `undefined` for any other record.
 *
 * @throws Error naming the attribute that is missing or wrong.
 */
export function readNewEvent({ eventName, dynamodb }: DynamoDBRecord): NewEvent | undefined {
  const item = dynamodb?.NewImage as Item | undefined
  if (eventName !== 'INSERT' || !item?.sk?.S?.startsWith(EVENT)) return undefined
  const [tenant, room] = [item.tenant?.S, item.room?.S]
  if (!tenant || !room) throw new Error('The event has no tenant or no room')
  const { correlationId, traceparent } = item.cause?.M ?? {}
  if (!correlationId?.S || !traceparent?.S) throw new Error('The event has no cause')
  const cause = { correlationId: correlationId.S, traceparent: traceparent.S }
  const isMessage = item.type?.S === 'message'
  return { tenant, room, seq: positive(item, 'seq'), shards: positive(item, 'shards'), isMessage, cause }
}

function positive(item: Item, name: string): number {
  const value = Number(item[name]?.N)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`The event's ${name} is ${item[name]?.N}`)
  return value
}
