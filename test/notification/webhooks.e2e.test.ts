import { Webhook } from 'standardwebhooks'
import { apiUrl, newTenant, token } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { type Answer, answered, call } from '../support/http.ts'
import {
  answers,
  type MisbehavingServer,
  type Answer as ServerAnswer,
  startServer,
} from '../support/misbehaving-server.ts'
import { DELIVERED } from './deployed.ts'

const api = apiUrl('Notification')
const servers: MisbehavingServer[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

const SCOPES = 'notify:send notify:manage notify:admin'

/** A tenant with the category `orders`, and a receiver of its webhook `hook` that gives these answers. */
async function given(...sequence: [ServerAnswer, ...ServerAnswer[]]) {
  const receiver = await startServer(...sequence)
  servers.push(receiver)
  const bearer = await token({ sub: 'operator', tenant: newTenant(), scope: SCOPES })
  const send = (route: string, body?: unknown): Promise<Answer> => {
    const [method = '', path = ''] = route.split(' ', 2)
    return call(`${api}${path}`, { method, token: bearer, ...(body !== undefined && { body }) })
  }
  const category = { channels: ['webhook', 'email'], required: false, onUncertain: 'retry' }
  answered(201, await send('PUT /v1/categories/orders', category))
  const endpoint = { channel: 'webhook', address: `${receiver.url}/hooks`, enabled: true }
  const id = `hook-${crypto.randomUUID()}`
  const { secret } = answered(201, await send(`PUT /v1/users/ann/endpoints/${id}`, endpoint)).json
  const notify = async (more = {}) => {
    const body = {
      to: { userId: 'ann' },
      category: 'orders',
      channels: ['webhook'],
      content: { text: 'Hello' },
      data: { order: 17 },
      ...more,
    }
    return answered(202, await send('POST /v1/notifications', body)).json.id as string
  }
  const settled = (notification: string, status: string) =>
    eventually(async () => {
      const { json } = await send(`GET /v1/notifications/${notification}`)
      expect(json.status).toBe(status)
      return json
    }, DELIVERED)
  return { receiver, send, id, secret: secret as string, notify, settled }
}

const headersOf = (request: MisbehavingServer['requests'][number] | undefined) =>
  request?.headers as Record<string, string>

test('a webhook is delivered, signed with the secret that its endpoint got', async () => {
  const { receiver, secret, notify, settled } = await given(answers.text('ok'))
  const notification = await notify()
  const { channels } = await settled(notification, 'delivered')
  expect(channels.webhook).toMatchObject({ status: 'delivered', provider: 'webhook' })
  const [request] = receiver.requests
  expect(new Webhook(secret).verify(request?.body ?? '', headersOf(request))).toMatchObject({
    type: 'orders',
    data: { order: 17 },
  })
})

test('a failure is tried again after five seconds, under the same id and with the same bytes', async () => {
  const { receiver, notify, settled } = await given(answers.json({}, 500), answers.text('ok'))
  const { channels } = await settled(await notify(), 'delivered')
  // More, if the answer to a good one came too late.
  expect(channels.webhook.attempts).toBeGreaterThanOrEqual(2)
  const [first, second] = receiver.requests
  expect(second?.body).toBe(first?.body)
  expect(headersOf(second)['webhook-id']).toBe(headersOf(first)['webhook-id'])
  expect(Number(headersOf(second)['webhook-timestamp'])).toBeGreaterThanOrEqual(
    Number(headersOf(first)['webhook-timestamp']) + 4,
  )
})

test('an endpoint that is gone is disabled, and gets no replay', async () => {
  const { send, id, notify, settled } = await given(answers.json({}, 410))
  const notification = await notify()
  const { channels } = await settled(notification, 'failed')
  expect(channels.webhook).toMatchObject({ reason: 'gone' })
  const { items } = answered(200, await send('GET /v1/users/ann/endpoints')).json
  expect(items).toMatchObject([{ id, enabled: false, disabledReason: 'gone' }])
  const replay = await send(`POST /v1/webhooks/${id}/replay`, { notificationId: notification })
  expect(answered(409, replay).json.code).toBe('endpoint-disabled')
})

test('a replay has the same id and the same bytes; after a rotation both secrets sign', async () => {
  const { receiver, send, id, secret, notify, settled } = await given(answers.text('ok'))
  const notification = await notify()
  await settled(notification, 'delivered')
  // Several, if the answer to one came too late.
  const before = receiver.requests.length
  const rotated = answered(200, await send(`POST /v1/webhooks/${id}/rotate`)).json.secret as string
  expect(rotated).not.toBe(secret)
  answered(202, await send(`POST /v1/webhooks/${id}/replay`, { notificationId: notification }))
  await eventually(async () => expect(receiver.requests.length).toBeGreaterThan(before))
  const [first, second] = [receiver.requests[0], receiver.requests[before]]
  expect(second?.body).toBe(first?.body)
  expect(headersOf(second)['webhook-id']).toBe(headersOf(first)['webhook-id'])
  for (const one of [rotated, secret]) new Webhook(one).verify(second?.body ?? '', headersOf(second))
  const { timeline } = await eventually(async () => {
    const { json } = await send(`GET /v1/notifications/${notification}`)
    expect(json.timeline.map(({ event }: { event: string }) => event)).toContain('replayed')
    return json
  })
  expect(timeline.at(-1)).toMatchObject({ event: 'replayed', channel: 'webhook', detail: `${id}: delivered.` })
})

test('what was never sent to a webhook is not replayed', async () => {
  const { send, id } = await given(answers.text('ok'))
  expect((await send(`POST /v1/webhooks/${id}/replay`, { notificationId: 'none' })).status).toBe(404)
  expect((await send('POST /v1/webhooks/none/replay', { notificationId: 'none' })).status).toBe(404)
  expect((await send('POST /v1/webhooks/none/rotate')).status).toBe(404)
})

/** @proves notification/webhooks-outside */
test.each([
  'https://169.254.169.254/latest/meta-data/',
  'https://10.0.0.1/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://100.64.0.1/',
  'https://user:secret@example.com/',
])('%s is refused where it is put, and where it is sent to', async (url) => {
  const { send, id } = await given(answers.text('ok'))
  const put = await send(`PUT /v1/users/ann/endpoints/${id}`, { channel: 'webhook', address: url, enabled: true })
  expect(answered(422, put).json.errors).toMatchObject([{ path: 'address' }])
  const body = { to: { webhookUrl: url }, category: 'orders', channels: ['webhook'], content: { text: 'Hello' } }
  expect(answered(422, await send('POST /v1/notifications', body)).json.errors).toMatchObject([
    { path: 'to.webhookUrl' },
  ])
})

test('the simulator’s mailboxes end as they say, and complaints and bounces suppress', async () => {
  const { send, settled } = await given(answers.text('ok'))
  const mail = async (name: string) => {
    const body = {
      to: { email: `${name}@simulator.test` },
      category: 'orders',
      channels: ['email'],
      content: { text: 'Hello' },
    }
    return answered(202, await send('POST /v1/notifications', body)).json.id as string
  }
  const ends = {
    delivered: 'delivered',
    fail: 'failed',
    bounce: 'failed',
    soft: 'failed',
    complaint: 'delivered',
    slow: 'delivered',
  }
  const sent = await Promise.all(Object.keys(ends).map(async (name) => [name, await mail(name)] as const))
  for (const [name, id] of sent) {
    const { channels } = await settled(id, ends[name as keyof typeof ends])
    expect(channels.email.provider).toBe('simulator')
  }
  const late = await mail('late')
  const { channels, timeline } = await settled(late, 'failed')
  expect(channels.email.reason).toBe('bounced')
  // The bounce comes five seconds later; on a busy machine it may be faster than the worker, which then adds no line.
  const events: string[] = timeline.map(({ event }: { event: string }) => event)
  const lateEvents = events.filter((event) => event === 'delivered' || event === 'bounced')
  expect(['delivered bounced', 'bounced']).toContain(lateEvents.join(' '))
  const { items } = await eventually(async () => {
    const answer = answered(200, await send('GET /v1/suppressions'))
    expect(answer.json.items).toHaveLength(3)
    return answer.json
  })
  expect(items.map(({ address, reason }: { address: string; reason: string }) => [address, reason]).sort()).toEqual([
    ['bounce@simulator.test', 'bounce'],
    ['complaint@simulator.test', 'complaint'],
    ['late@simulator.test', 'bounce'],
  ])
  await settled(await mail('complaint'), 'suppressed')
  await settled(await mail('soft'), 'failed')
})

test('operators see the providers and the queues, and nobody else does', async () => {
  const { send } = await given(answers.text('ok'))
  expect(answered(200, await send('GET /v1/providers')).json.items).toContainEqual({
    name: 'webhook',
    channel: 'webhook',
    role: 'primary',
    breaker: 'closed',
  })
  const { items } = answered(200, await send('GET /v1/admin/queues')).json
  expect(items.map(({ name }: { name: string }) => name)).toEqual([
    'critical',
    'normal',
    'bulk',
    'receipts',
    'userTasks',
    'broadcasts',
    'criticalBroadcasts',
    'events',
  ])
  expect((await send('POST /v1/admin/redrive', { queue: 'none' })).status).toBe(422)
  const manager = await token({ sub: 'm', tenant: newTenant(), scope: 'notify:manage' })
  expect((await call(`${api}/v1/admin/queues`, { token: manager })).status).toBe(403)
})
