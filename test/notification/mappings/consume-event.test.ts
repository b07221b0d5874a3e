import type { Mapping } from '../../../functions/notification/domain/mapping.ts'
import { consumeEvent, type MappedEvent } from '../../../functions/notification/mappings/consume-event.ts'

const { signal } = new AbortController()
const CAUSE = {
  correlationId: 'c-1',
  causationId: 'e-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}
const MAPPING: Mapping = {
  detailType: 'orders.order.placed',
  recipients: '$.data.recipients',
  category: 'orders',
  template: 'missed',
  data: { from: '$.data.author' },
}
const users = Array.from({ length: 25 }, (_, index) => `user-${index}`)
const event = { id: 'e-1', type: 'orders.order.placed', tenant: 'acme', data: { recipients: users, author: 'cid' } }

function consumer({ mapping = MAPPING, refuse }: { mapping?: Mapping | undefined; refuse?: string } = {}) {
  const notified: (MappedEvent & { userId: string })[] = []
  const consume = consumeEvent({
    readMapping: async ({ tenant, detailType }) =>
      tenant === 'acme' && detailType === mapping?.detailType ? mapping : undefined,
    prepare: async (mapped) => async (userId) => {
      if (userId === refuse) return { outcome: 'refused', reason: 'There is no template missed' }
      notified.push({ ...mapped, userId })
      return { outcome: 'accepted' }
    },
  })
  return { notified, consume: (it: typeof event = event) => consume(it, CAUSE, signal) }
}

describe('an event of another system', () => {
  it('notifies each of its recipients, by the id of the event', async () => {
    const { notified, consume } = consumer()
    await expect(consume()).resolves.toBeUndefined()
    expect(notified.map(({ userId }) => userId)).toEqual(users)
    expect(notified[0]).toEqual({
      tenant: 'acme',
      userId: 'user-0',
      eventId: 'e-1',
      mapping: MAPPING,
      data: { from: 'cid' },
      cause: CAUSE,
    })
  })

  it('is nothing to a tenant that has no mapping of its type', async () => {
    const { notified, consume } = consumer()
    await expect(consume({ ...event, tenant: 'other' })).resolves.toBeUndefined()
    await expect(consume({ ...event, type: 'orders.order.sent' })).resolves.toBeUndefined()
    expect(notified).toEqual([])
  })

  it('is set aside when a recipient is refused, after all others were notified', async () => {
    const { notified, consume } = consumer({ refuse: 'user-3' })
    await expect(consume()).resolves.toEqual({
      poison: 'The mapping of orders.order.placed doesn’t fit: There is no template missed',
    })
    expect(notified).toHaveLength(users.length - 1)
  })

  it('is set aside when its mapping leads to no user', async () => {
    const { consume } = consumer({ mapping: { ...MAPPING, recipients: '$.data.author.name' } })
    await expect(consume()).resolves.toBeUndefined()
    const { consume: astray } = consumer({ mapping: { ...MAPPING, recipients: '$.data' } })
    await expect(astray()).resolves.toMatchObject({ poison: expect.stringContaining('recipients') })
  })
})
