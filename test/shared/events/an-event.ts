import type { DomainEvent } from '../../../functions/shared/events/event.ts'
import type { Mark } from '../../../functions/shared/events/mark.ts'

export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
export const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`

export function aMark(overrides: Partial<Mark> = {}): Mark {
  return {
    id: 'event-1',
    type: 'shop.order.placed',
    time: '2026-03-12T19:03:58.000Z',
    correlationId: 'request-1',
    causationId: null,
    traceparent: TRACEPARENT,
    ...overrides,
  }
}

export function anEvent<Data>(data: Data, overrides: Partial<DomainEvent> = {}): DomainEvent<Data> {
  const content = { schemaVersion: 1, tenant: 'acme', subject: 'order-1', sequence: 1 }
  return { ...aMark(), ...content, ...overrides, data }
}
