import { randomUUID } from 'node:crypto'
import { putEvent } from '../support/bus.ts'
import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { aSender, DELIVERED } from './deployed.ts'

const sender = await aSender()
const { tenant } = sender
await sender.category()
const mail = { channels: { email: { subject: 'Order {{order}}', text: 'Thank you, {{order}} is on its way.' } } }
answered(201, await sender.call('PUT /v1/templates/placed', mail))

const type = 'orders.order.placed'
const path = `/v1/mappings/${type}`
const mapping = {
  recipients: '$.data.buyers[*].user',
  category: 'orders',
  template: 'placed',
  data: { order: '$.data.order' },
}

const placed = (order: string, users: readonly string[]) => ({
  ...{ type, tenant, id: randomUUID() },
  data: { order, buyers: users.map((user) => ({ user })) },
})

/** The subjects of a user's mails. One whose answer comes too late is sent again, as the category decides. */
const subjects = async (user: string) => [
  ...new Set((await sender.outbox(`${user}@example.com`)).map(({ subject }) => subject)),
]

test('an event of another system notifies each user whom its mapping finds, once, however often it comes', async () => {
  for (const user of ['ann', 'bob']) {
    answered(201, await sender.call(`PUT /v1/users/${user}`, { email: `${user}@example.com` }))
  }
  answered(201, await sender.call(`PUT ${path}`, mapping))
  const event = placed('A-1', ['ann', 'bob', 'ann'])
  for (let times = 0; times < 3; times++) await putEvent('Notification', event)
  await eventually(async () => {
    expect([await subjects('ann'), await subjects('bob')]).toEqual([['Order A-1'], ['Order A-1']])
  }, DELIVERED)
  // Meanwhile the repetitions are handled, too.
  await putEvent('Notification', placed('A-2', ['ann']))
  await eventually(async () => {
    expect((await subjects('ann')).sort()).toEqual(['Order A-1', 'Order A-2'])
  }, DELIVERED)
  expect(await subjects('bob')).toEqual(['Order A-1'])
  const notified = async (user: string) =>
    answered(200, await sender.call(`GET /v1/notifications?userId=${user}`)).json.items.length
  expect([await notified('ann'), await notified('bob')]).toEqual([2, 1])
})

test('a mapping has an ETag, stays the same when it is sent back, and notifies nobody once it is deleted', async () => {
  const other = '/v1/mappings/orders.order.lost'
  const made = answered(201, await sender.call(`PUT ${other}`, mapping))
  const read = answered(200, await sender.call(`GET ${other}`))
  expect(read.json).toMatchObject({ detailType: 'orders.order.lost', ...mapping })
  const again = answered(200, await sender.call(`PUT ${other}`, read.json))
  expect(again.headers.get('etag')).toBe(made.headers.get('etag'))
  answered(412, await sender.call(`PUT ${other}`, mapping, { 'if-match': '"other"' }))
  answered(204, await sender.call(`DELETE ${other}`))
  answered(404, await sender.call(`GET ${other}`))
  answered(404, await sender.call(`DELETE ${other}`))
})

test.each([
  { name: 'a path that is none', body: { recipients: 'data.users' }, path: 'recipients' },
  { name: 'a path that may take too long', body: { recipients: "$.data[?match(@, 'a')]" }, path: 'recipients' },
  { name: 'a bad path in its data', body: { data: { list: [{ of: '$.data[' }] } }, path: 'data.list.0.of' },
  {
    name: 'too many paths',
    body: { data: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`v${i}`, '$.id'])) },
    path: 'data',
  },
  { name: 'too much data', body: { data: { text: 'x'.repeat(8192) } }, path: 'data' },
])('a mapping with $name is refused', async ({ body, path: at }) => {
  const { json } = answered(422, await sender.call(`PUT ${path}`, { ...mapping, ...body }))
  expect([json.code, json.errors[0].path]).toEqual(['invalid-input', at])
})

test('events of notifications themselves can’t be mapped, since they would never end', async () => {
  const { json } = answered(422, await sender.call('PUT /v1/mappings/notification.notification.failed', mapping))
  expect(json.errors[0].path).toBe('detailType')
})
