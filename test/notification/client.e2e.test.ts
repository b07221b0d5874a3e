import createClient from 'openapi-fetch'
import type { NewNotification, Notification, paths } from '../../docs/api/notification.d.ts'
import { apiUrl, newTenant, token } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { DELIVERED, SCOPES } from './deployed.ts'

// A client that is generated from docs/api alone. `npm run types` checks that the calls below have the right types;
// here the service confirms them.

const tenant = newTenant()
const clientOf = async (sub: string, scope: string) => {
  const bearer = await token({ sub, tenant, scope })
  return createClient<paths>({ baseUrl: apiUrl('Notification'), headers: { authorization: `Bearer ${bearer}` } })
}
const [sender, ann] = [await clientOf('sender', SCOPES), await clientOf('ann', 'notify:self')]
const visitor = createClient<paths>({ baseUrl: apiUrl('Notification') })

const user = { params: { path: { id: 'ann' } } }
const at = (id: string) => ({ params: { path: { id } } })

beforeAll(async () => {
  const category = await sender.PUT('/v1/categories/{name}', {
    params: { path: { name: 'orders' } },
    body: { channels: ['email', 'inapp'], onUncertain: 'retry' },
  })
  const made = await sender.PUT('/v1/users/{id}', { ...user, body: { email: 'ann@example.com', locale: 'de' } })
  expect([category.response.status, made.response.status, made.data]).toMatchObject([201, 201, { id: 'ann' }])
})

const ORDER: NewNotification = {
  to: { userId: 'ann' },
  category: 'orders',
  content: { subject: 'Your order', text: 'It is on its way.' },
  priority: 'normal',
}

async function send(fields: Partial<NewNotification> = {}): Promise<string> {
  const { data, error } = await sender.POST('/v1/notifications', { body: { ...ORDER, ...fields } })
  if (!data) throw new Error(`The notification was not accepted: ${JSON.stringify(error)}`)
  return data.id
}

const until = (id: string, status: Notification['status']) =>
  eventually(async () => {
    const { data } = await sender.GET('/v1/notifications/{id}', at(id))
    expect(data).toMatchObject({ status })
    return data
  }, DELIVERED)

test('a notification is accepted once for each Idempotency-Key', async () => {
  const ask = () =>
    sender.POST('/v1/notifications', {
      params: { header: { 'Idempotency-Key': 'once' } },
      body: { ...ORDER, reference: 'once' },
    })
  const [first, second] = [await ask(), await ask()]
  expect([first.response.status, first.data?.status]).toEqual([202, 'accepted'])
  expect(second.data).toEqual(first.data)
  expect(second.response.headers.get('idempotent-replayed')).toBe('true')
})

test('a user gets a notification by mail and in the inbox, and marks it as read', async () => {
  const id = await send({ content: { subject: 'Read me', text: 'It is here.' } })
  const notification = await until(id, 'delivered')
  expect(notification?.timeline[0]?.event).toBe('accepted')
  const item = await eventually(async () => {
    const { data } = await ann.GET('/v1/users/{id}/inbox', { params: { ...user.params, query: { state: 'unread' } } })
    const found = data?.items.find(({ title }) => title === 'Read me')
    if (!found) throw new Error(`It is not in the inbox: ${JSON.stringify(data)}`)
    return found
  })
  expect(item).toMatchObject({ body: 'It is here.', category: 'orders', readAt: null })
  const marked = await ann.POST('/v1/users/{id}/inbox/mark', { ...user, body: { ids: [item.id], as: 'read' } })
  expect(marked.data).toEqual({ unseen: expect.any(Number), unread: expect.any(Number) })
  const { data } = await ann.GET('/v1/users/{id}/inbox', user)
  expect(data?.items.find(({ id }) => id === item.id)?.readAt).toEqual(expect.any(String))
  const why = await sender.GET('/v1/notifications/{id}/why', at(id))
  expect(why.data?.channels.map(({ channel, used }) => [channel, used])).toEqual(
    expect.arrayContaining([
      ['email', true],
      ['inapp', true],
    ]),
  )
})

test('a notification for later is cancelled', async () => {
  const id = await send({ sendAt: new Date(Date.now() + 3_600_000).toISOString() })
  expect((await sender.DELETE('/v1/notifications/{id}', at(id))).response.status).toBe(200)
  expect(await until(id, 'cancelled')).toMatchObject({ id, category: 'orders' })
})

test('preferences are set, and changed under If-Match', async () => {
  const set = (sms: boolean, etag?: string) =>
    ann.PUT('/v1/users/{id}/preferences', {
      params: { ...user.params, ...(etag !== undefined && { header: { 'If-Match': etag } }) },
      body: { categories: { orders: { sms } } },
    })
  const { response } = await set(true)
  const etag = response.headers.get('etag') ?? ''
  expect((await set(false, etag)).data).toMatchObject({ categories: { orders: { sms: false } } })
  expect((await set(true, etag)).error).toMatchObject({ status: 412, code: 'precondition-failed' })
  const { data } = await ann.GET('/v1/users/{id}/preferences', user)
  expect(data?.categories).toEqual({ orders: { sms: false } })
})

test('the service refuses what the types refuse', async () => {
  const answers = await Promise.all([
    // @ts-expect-error: a notification needs a category
    sender.POST('/v1/notifications', { body: { to: { userId: 'ann' }, priority: 'normal' } }),
    // @ts-expect-error: there is no such channel
    sender.POST('/v1/notifications', { body: { ...ORDER, channels: ['fax'] } }),
    // @ts-expect-error: there is no such path
    sender.GET('/v1/nothing'),
  ])
  expect(answers.map(({ response }) => response.status)).toEqual([422, 422, 404])
})

test('the service reports that it is healthy', async () => {
  const { data } = await visitor.GET('/health')
  expect(data).toMatchObject({ status: 'ok' })
})
