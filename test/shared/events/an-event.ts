import type { DomainEvent } from '../../../functions/shared/events/event.ts'
import type { OutboxEntry } from '../../../functions/shared/events/outbox-entry.ts'

export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
export const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`

export function anEntry(overrides: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    operationId: 'operation-1',
    type: 'shop.order.placed',
    time: '2026-03-12T19:03:58.000Z',
    correlationId: 'request-1',
    causationId: null,
    traceparent: TRACEPARENT,
    ...overrides,
  }
}

export function anEvent<Data>(data: Data, overrides: Partial<DomainEvent> = {}): DomainEvent<Data> {
  const { operationId: _, ...entry } = anEntry()
  const content = { id: 'event-1', schemaVersion: 1, tenant: 'acme', subject: 'order-1', sequence: 1 }
  return { ...entry, ...content, ...overrides, data }
}
