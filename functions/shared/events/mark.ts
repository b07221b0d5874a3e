import type { Item } from '../data/conditional-write.ts'
import type { Cause } from './event.ts'

/**
 * What a change says of its event, in the very write that makes the change: the attribute `event` of the changed item.
 * The outbox makes the event of it and of the rest of the item.
 */
export interface Mark extends Cause {
  /** Names the change: the same when the write is tried again. With the subject's sequence it is the event's id. */
  id: string
  type: string
  /** RFC 3339 in UTC, with milliseconds. */
  time: string
}

/** What a mark adds to an update. */
export interface MarkUpdate {
  /** A part of the SET clause. */
  set: string
  names: Record<string, string>
  values: Item
}

/** The attributes of an item that is new: its first event. */
export function markAttributes(mark: Mark): Item {
  return { event: toAttribute(mark), sequence: { N: '1' } }
}

/** For a change of an item that is there: raises its sequence, too. `SEQUENCE` is one of DynamoDB's reserved words. */
export function markUpdate(mark: Mark): MarkUpdate {
  return {
    set: '#event = :event, #sequence = if_not_exists(#sequence, :noEvents) + :oneEvent',
    names: { '#event': 'event', '#sequence': 'sequence' },
    values: { ':event': toAttribute(mark), ':noEvents': { N: '0' }, ':oneEvent': { N: '1' } },
  }
}

/** The mark and the sequence of an item; `undefined`: it has none. */
export function readMark(image: Item): { mark: Mark; sequence: number } | undefined {
  if (image.event === undefined) return undefined
  const fields = image.event.M ?? {}
  const text = (name: keyof Mark) => {
    const value = fields[name]?.S
    if (!value) throw new Error(`The mark has no ${name}`)
    return value
  }
  const sequence = Number(image.sequence?.N)
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new Error(`The sequence is ${image.sequence?.N}`)
  const mark = {
    id: text('id'),
    type: text('type'),
    time: text('time'),
    correlationId: text('correlationId'),
    causationId: fields.causationId?.S ?? null,
    traceparent: text('traceparent'),
  }
  return { mark, sequence }
}

function toAttribute({ id, type, time, correlationId, causationId, traceparent }: Mark): Item[string] {
  const texts = { id, type, time, correlationId, traceparent, ...(causationId !== null && { causationId }) }
  return { M: Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, { S: value }])) }
}
