import { readForeignEvent } from '../../../functions/notification/mappings/read-event.ts'

const ENVELOPE = {
  id: 'delivery-1',
  'detail-type': 'orders.order.placed',
  source: 'orders',
  detail: { id: 'e-1', tenant: 'acme', correlationId: 'c-1', traceparent: 't-1', data: { order: 7 } },
}

describe('an event from the bus', () => {
  it('has the id and the trace that its system gave it', () => {
    expect(readForeignEvent(ENVELOPE)).toEqual({
      ...{ id: 'e-1', type: 'orders.order.placed', tenant: 'acme', data: { order: 7 } },
      ...{ correlationId: 'c-1', traceparent: 't-1' },
    })
  })

  it('has the bus’s id if its system gave it none', () => {
    const { detail } = ENVELOPE
    const event = { ...ENVELOPE, detail: { tenant: detail.tenant, data: detail.data } }
    expect(readForeignEvent(event)).toEqual({
      ...{ id: 'delivery-1', type: 'orders.order.placed', tenant: 'acme', data: { order: 7 } },
    })
  })

  it.each([
    ['no type', { ...ENVELOPE, 'detail-type': undefined }],
    ['no tenant', { ...ENVELOPE, detail: { id: 'e-1' } }],
    ['a tenant that no key can hold', { ...ENVELOPE, detail: { ...ENVELOPE.detail, tenant: 'a#b' } }],
    ['no detail', { ...ENVELOPE, detail: null }],
    ['nothing', null],
  ])('is poison with %s', (_, body) => {
    expect(() => readForeignEvent(body)).toThrow(/^The (message|event) /)
  })
})
