import type { Mapping } from '../../../functions/notification/domain/mapping.ts'
import { applyMapping } from '../../../functions/notification/mappings/apply-mapping.ts'

const EVENT = {
  id: 'e-1',
  type: 'orders.order.placed',
  data: { room: 'r-1', kind: 'group', recipients: [{ user: 'ann' }, { user: 'bob' }, { user: 'ann' }], author: 'cid' },
}
const mapping = (change: Partial<Mapping> = {}): Mapping => ({
  detailType: EVENT.type,
  recipients: '$.data.recipients[*].user',
  category: 'orders',
  template: 'missed',
  data: null,
  ...change,
})

describe('a mapping', () => {
  it('notifies each user at its path once, with the data of the event', () => {
    expect(applyMapping(mapping(), EVENT)).toEqual({ outcome: 'mapped', users: ['ann', 'bob'], data: EVENT.data })
  })

  it('takes a path to a list of users as well as one to each of them', () => {
    const event = { data: { users: ['ann', 'bob'] } }
    expect(applyMapping(mapping({ recipients: '$.data.users' }), event)).toMatchObject({ users: ['ann', 'bob'] })
    expect(applyMapping(mapping({ recipients: '$.data.users[*]' }), event)).toMatchObject({ users: ['ann', 'bob'] })
  })

  it('does not fit an event with half of a surrogate pair, which no table can hold', () => {
    const event = { data: { ...EVENT.data, title: '\ud800' } }
    expect(applyMapping(mapping(), event)).toMatchObject({
      outcome: 'unfit',
      reason: expect.stringContaining('surrogate'),
    })
  })

  it('fills its own data by paths, and leaves other values as they are', () => {
    const data = {
      from: '$.data.author',
      note: 'You missed it',
      all: '$.data.recipients[*].user',
      deep: [{ no: '$.x' }],
    }
    expect(applyMapping(mapping({ data }), EVENT)).toMatchObject({
      data: { from: 'cid', note: 'You missed it', all: ['ann', 'bob', 'ann'], deep: [{ no: null }] },
    })
  })

  it('notifies nobody where its path leads nowhere', () => {
    expect(applyMapping(mapping({ recipients: '$.data.nobody[*]' }), EVENT)).toMatchObject({ users: [] })
  })

  it.each([
    ['its path leads to what is no user', mapping({ recipients: '$.data' }), EVENT],
    ['there are more users than an event may notify', mapping({ recipients: '$.data.users' }), manyUsers(501)],
    ['the data of the event is no object', mapping({ recipients: '$.nobody' }), { data: ['a'] }],
  ])('doesn’t fit when %s', (_, given, event) => {
    expect(applyMapping(given, event)).toMatchObject({ outcome: 'unfit' })
  })

  it('notifies as many users as an event may', () => {
    const mapped = applyMapping(mapping({ recipients: '$.data.users' }), manyUsers(500))
    expect(mapped).toMatchObject({ outcome: 'mapped', users: { length: 500 } })
  })
})

function manyUsers(count: number) {
  return { data: { users: Array.from({ length: count }, (_, index) => `user-${index}`) } }
}
