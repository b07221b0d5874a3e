import { randomUUID } from 'node:crypto'
import { apiUrl, newTenant, token } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { answered, call } from '../support/http.ts'

const [chat, notification] = [apiUrl('Chat'), apiUrl('Notification')]
const tenant = newTenant()

/** A user or an operator of the tenant, at one of the two APIs. */
async function client(api: string, sub: string, scope: string) {
  const bearer = await token({ sub, tenant, scope })
  return (route: string, body?: object) => {
    const [method = '', path = ''] = route.split(' ', 2)
    return call(`${api}${path}`, { method, token: bearer, ...(body && { body }) })
  }
}

test('a user who misses a message in a chat is notified, once the tenant maps the event', async () => {
  const operator = await client(notification, 'operator', 'notify:send notify:manage')
  answered(201, await operator('PUT /v1/categories/chat', { channels: ['email'], onUncertain: 'drop' }))
  const mail = { subject: '{{author}} wrote', text: '{{author}} wrote to you in room {{room}}.' }
  answered(201, await operator('PUT /v1/templates/missed', { channels: { email: mail } }))
  answered(201, await operator('PUT /v1/users/bob', { email: 'bob@example.com' }))
  const mapping = { recipients: '$.data.recipients', category: 'chat', template: 'missed' }
  answered(201, await operator('PUT /v1/mappings/chat.message.missed', mapping))

  const ann = await client(chat, 'ann', 'chat')
  const { id: room } = answered(201, await ann('POST /v1/rooms', { kind: 'direct', with: 'bob' })).json
  const message = { cid: randomUUID(), body: 'Where are you?', mentions: [] }
  answered(201, await ann(`POST /v1/rooms/${room}/messages`, message))

  const kept = await eventually(async () => {
    const { items } = answered(200, await operator('GET /v1/test/outbox?to=bob@example.com')).json
    expect(items).toHaveLength(1)
    return items
  })
  expect(kept).toMatchObject([{ subject: 'ann wrote', text: `ann wrote to you in room ${room}.` }])
})
