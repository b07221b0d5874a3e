import { token } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { answered, call } from '../support/http.ts'
import { undisturbed } from '../support/undisturbed.ts'
import { api, aSender } from './deployed.ts'

const sender = await aSender()
const { tenant } = sender
await sender.category({ channels: ['email', 'inapp'] })

const put = async (path: string, body: object) => {
  const answer = await sender.call(`PUT ${path}`, body)
  expect([200, 201]).toContain(answer.status)
  return answer.json
}
const asUser = async (sub: string) => {
  const bearer = await token({ sub, tenant, scope: 'notify:self' })
  return (method: string, path: string, body?: object) =>
    call(`${api}/v1/users/${sub}${path}`, { method, token: bearer, ...(body && { body }) })
}

test('a user gets a template in their language, in mail and inbox, and marks it as read', async () => {
  await put('/v1/templates/shipped', {
    channels: {
      email: { subject: 'Shipped: {{what}}', html: '<b>{{what}}</b>', text: '{{what}}' },
      inapp: { title: 'Shipped', body: '{{what}}', url: 'https://example.com/{{id}}' },
    },
  })
  await put('/v1/templates/shipped', {
    locale: 'de',
    channels: { email: { subject: 'Unterwegs: {{what}}', text: '{{what}}' } },
  })
  await put('/v1/users/dora', { email: 'dora@example.com', locale: 'de-AT' })
  const body = { to: { userId: 'dora' }, category: 'orders', template: 'shipped', data: { what: 'A <hat>', id: 7 } }
  const { id } = answered(202, await sender.call('POST /v1/notifications', body)).json
  await sender.until(id, 'delivered')
  const [mail] = await sender.outbox('dora@example.com')
  expect(mail).toMatchObject({ subject: 'Unterwegs: A <hat>' })
  const self = await asUser('dora')
  const inbox = await eventually(async () => {
    const { json } = answered(200, await self('GET', '/inbox'))
    expect(json).toMatchObject({ unseen: 1, unread: 1 })
    return json
  })
  expect(inbox.items).toMatchObject([{ title: 'Shipped', body: 'A <hat>', url: 'https://example.com/7' }])
  const marked = await self('POST', '/inbox/mark', { ids: [inbox.items[0].id], as: 'read' })
  expect(marked.json).toEqual({ unseen: 0, unread: 0 })
  const lacking = await sender.call('POST /v1/notifications', { ...body, data: {} })
  expect([lacking.status, lacking.json.errors[0].path]).toEqual([422, 'data.what'])
})

/** @proves notification/suppressed */
test('a mail names its one-click unsubscription, which holds until the user wants the category again', async () => {
  const send = () => sender.send({ to: { userId: 'emil' }, channels: ['email'] })
  await put('/v1/users/emil', { email: 'Emil@example.com' })
  await sender.until(await send(), 'delivered')
  const [{ headers }] = await sender.outbox('emil@example.com')
  expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
  const url = String(headers['List-Unsubscribe']).slice(1, -1)
  const page = await call(url, { headers: { accept: 'text/html' } })
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  answered(
    200,
    await call(url, {
      method: 'POST',
      body: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  )
  const suppressed = await send()
  await sender.until(suppressed, 'suppressed')
  const { json: why } = await sender.call(`GET /v1/notifications/${suppressed}/why`)
  expect(why.channels).toMatchObject([{ channel: 'email', decisive: 'unsubscribed' }])
  const self = await asUser('emil')
  expect((await self('GET', '/preferences')).json.categories).toEqual({ orders: { email: false } })
  answered(200, await self('PUT', '/preferences', { categories: { orders: { email: true } } }))
  await sender.until(await send(), 'delivered')
})

/** @proves notification/suppressed */
test('a suppressed address gets nothing, and says why', async () => {
  await put('/v1/suppressions/email', { address: 'GONE@example.com', reason: 'left' })
  const id = await sender.send({ to: { email: 'gone@example.com' }, channels: ['email'], priority: 'critical' })
  expect(await sender.until(id, 'suppressed')).toMatchObject({ channels: { email: { reason: 'suppression' } } })
  expect(await sender.outbox('gone@example.com')).toEqual([])
})

test('a throttle holds for a user and a category', async () => {
  await put('/v1/categories/rare', {
    channels: ['email'],
    onUncertain: 'drop',
    throttle: { limit: 1, windowMs: 3_600_000, over: 'drop' },
  })
  await undisturbed(async (tries) => {
    const send = () => sender.send({ to: { email: `rare-${tries}@example.com` }, category: 'rare' })
    await sender.until(await send(), 'delivered')
    const second = await send()
    expect(await sender.until(second, 'suppressed')).toMatchObject({ channels: { email: { reason: 'throttle' } } })
  })
})

/** Quiet hours in UTC that hold now, and end in an hour or more. */
function quietNow() {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString().slice(11, 16)
  return { start: at(-3_600_000), end: at(7_200_000), zone: 'UTC' }
}

/** @proves notification/critical-passes, notification/quiet-hours */
test('quiet hours defer a mail until a change of them, but not the inbox, nor what is critical', async () => {
  await put('/v1/users/fred', { email: 'fred@example.com' })
  await put('/v1/users/fred/preferences', { quietHours: quietNow() })
  const id = await sender.send({ to: { userId: 'fred' } })
  const critical = await sender.send({ to: { userId: 'fred' }, priority: 'critical', channels: ['email'] })
  await sender.until(critical, 'delivered')
  expect(await sender.until(id, 'deferred')).toMatchObject({
    channels: { email: { status: 'deferred', reason: 'quiet-hours' } },
  })
  await eventually(async () => {
    const { json } = await sender.call(`GET /v1/notifications/${id}`)
    expect(json.channels.inapp.status).toBe('delivered')
  })
  await put('/v1/users/fred/preferences', {})
  await sender.until(id, 'delivered')
  const { json } = await sender.call(`GET /v1/notifications/${id}`)
  expect(json.channels.email.status).toBe('delivered')
})

/** @proves notification/erased */
test('an erased user’s notifications are cancelled, or lose what they said', async () => {
  await put('/v1/users/gina', { email: 'gina@example.com' })
  const sent = await sender.send({ to: { userId: 'gina' }, channels: ['email', 'inapp'] })
  await sender.until(sent, 'delivered')
  const later = new Date(Date.now() + 3_600_000).toISOString()
  const waiting = await sender.send({ to: { userId: 'gina' }, sendAt: later, channels: ['email'] })
  // The list by user follows a moment later.
  await eventually(async () => {
    const { json } = await sender.call('GET /v1/notifications?userId=gina')
    expect(json.items).toHaveLength(2)
  })
  answered(204, await sender.call('DELETE /v1/users/gina'))
  await sender.until(waiting, 'cancelled')
  await sender.until(sent, 'delivered')
  expect((await sender.call('GET /v1/users/gina/inbox')).json).toMatchObject({ items: [], unseen: 0 })
  await eventually(async () => {
    expect((await sender.call('GET /v1/notifications?userId=gina')).json.items).toEqual([])
  })
})
