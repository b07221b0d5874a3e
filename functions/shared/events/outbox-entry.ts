import type { Item } from '../data/table.ts'
import type { Cause } from './event.ts'

/**
 * The outbox entry of a change: the attribute `event` of the changed item, set by the same write that makes the change.
 * The outbox builds the event from it and from the rest of the item.
 */
export interface OutboxEntry extends Cause {
  /**
   * Identifies the change, and stays the same when the write is retried. With the subject's sequence it forms the
   * event's id.
   */
  operationId: string
  type: string
  /** RFC 3339 in UTC, with milliseconds. */
  time: string
}

/** The parts that an entry adds to an update. */
export interface EntryUpdate {
  /** A part of the SET clause. */
  set: string
  names: Record<string, string>
  values: Item
}

/** Returns the attributes of a new item with its first event. */
export function entryAttributes(entry: OutboxEntry): Item {
  return { event: toAttribute(entry), sequence: { N: '1' } }
}

/** Returns the update that sets an entry and raises the sequence. `SEQUENCE` is one of DynamoDB's reserved words. */
export function entryUpdate(entry: OutboxEntry): EntryUpdate {
  return {
    set: '#event = :event, #sequence = if_not_exists(#sequence, :noEvents) + :oneEvent',
    names: { '#event': 'event', '#sequence': 'sequence' },
    values: { ':event': toAttribute(entry), ':noEvents': { N: '0' }, ':oneEvent': { N: '1' } },
  }
}

/**
 * Reads the entry and the sequence of an item; `undefined` for an item without an entry.
 *
 * @throws Error that names the missing or invalid field.
 */
export function readEntry(image: Item): { entry: OutboxEntry; sequence: number } | undefined {
  if (image.event === undefined) return undefined
  const fields = image.event.M ?? {}
  const text = (name: keyof OutboxEntry) => {
    const value = fields[name]?.S
    if (!value) throw new Error(`The outbox entry has no ${name}`)
    return value
  }
  const sequence = Number(image.sequence?.N)
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new Error(`The sequence is ${image.sequence?.N}`)
  const entry = {
    operationId: text('operationId'),
    type: text('type'),
    time: text('time'),
    correlationId: text('correlationId'),
    causationId: fields.causationId?.S ?? null,
    traceparent: text('traceparent'),
  }
  return { entry, sequence }
}

function toAttribute(entry: OutboxEntry): Item[string] {
  const { operationId, type, time, correlationId, causationId, traceparent } = entry
  const texts = { operationId, type, time, correlationId, traceparent, ...(causationId !== null && { causationId }) }
  return { M: Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, { S: value }])) }
}
