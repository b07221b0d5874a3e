import { randomUUID } from 'node:crypto'
import { DEADLINE_MS, eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { inTime, undisturbed } from '../support/undisturbed.ts'
import { aSender } from './deployed.ts'

const sender = await aSender()
await sender.category()
// Never sends again what may have been sent.
const once = { category: 'once' }
answered(201, await sender.call('PUT /v1/categories/once', { channels: ['email'], onUncertain: 'drop' }))
const anAddress = () => `${randomUUID()}@example.com`

test('a mail that was accepted is in the outbox, and its timeline and rules tell how it got there', async () => {
  const { id, reference } = await undisturbed(async () => {
    const [email, own] = [`Ann-${anAddress()}`, `order-${randomUUID()}`]
    const accepted = await sender.send({ ...once, to: { email }, reference: own })
    const notification = await sender.until(accepted, 'delivered')
    expect(notification).toMatchObject({
      id: accepted,
      category: 'once',
      priority: 'normal',
      channels: { email: { status: 'delivered', provider: 'outbox', attempts: 1 } },
    })
    expect(notification.timeline.map(({ event }: { event: string }) => event)).toEqual([
      'accepted',
      'sending',
      'delivered',
    ])
    expect(await sender.outbox(email.toLowerCase())).toMatchObject([
      { to: email, channel: 'email', subject: 'Your order', text: 'It is on its way.' },
    ])
    return { id: accepted, reference: own }
  })
  const why = answered(200, await sender.call(`GET /v1/notifications/${id}/why`)).json
  expect(why.channels).toMatchObject([{ channel: 'email', used: true, decisive: null }])
  await eventually(async () => {
    const { json } = await sender.call(`GET /v1/notifications?reference=${reference}&status=delivered`)
    expect(json).toMatchObject({ items: [{ id, reference, channels: { email: { status: 'delivered' } } }] })
  })
})

test.each(['critical', 'normal', 'bulk'])('what is %s is delivered by its own queue', async (priority) => {
  const id = await sender.send({ priority })
  expect(await sender.until(id, 'delivered')).toMatchObject({ priority })
})

test('a channel without an address fails, and says so', async () => {
  const id = await sender.send({ channels: ['sms'] })
  const { channels } = await sender.until(id, 'failed')
  expect(channels).toMatchObject({ sms: { reason: 'no-endpoint', attempts: 0 } })
  const { json } = await sender.call(`GET /v1/notifications/${id}/why`)
  expect(json.channels).toMatchObject([{ channel: 'sms', used: false, decisive: 'no-endpoint' }])
})

/** @proves notification/critical-passes */
test('a category’s throttle drops what is too much, and lets what is critical pass', async () => {
  const throttle = { limit: 1, windowMs: 600_000, over: 'drop' }
  const category = { channels: ['email'], onUncertain: 'drop', throttle }
  answered(201, await sender.call('PUT /v1/categories/rare', category))
  await undisturbed(async () => {
    const email = anAddress()
    const rare = { category: 'rare', to: { email } }
    await sender.until(await sender.send(rare), 'delivered')
    const dropped = await sender.until(await sender.send(rare), 'suppressed')
    expect(dropped.channels).toMatchObject({ email: { reason: 'throttle', attempts: 0 } })
    await sender.until(await sender.send({ ...rare, priority: 'critical' }), 'delivered')
    expect(await sender.outbox(email)).toHaveLength(2)
  })
})

/** @proves notification/one-effect */
test('a request with the same Idempotency-Key is one notification', async () => {
  await undisturbed(async () => {
    const [email, key] = [anAddress(), randomUUID()]
    const body = { ...once, to: { email }, content: { text: 'Once' } }
    const send = () => sender.call('POST /v1/notifications', body, { 'idempotency-key': key })
    const [first, second] = [answered(202, await send()), answered(202, await send())]
    expect(second.json).toEqual(first.json)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    await sender.until(first.json.id, 'delivered')
    expect(await sender.outbox(email)).toHaveLength(1)
  })
})

/** @proves notification/one-effect */
test('a bulk that comes again after it has expired is what was accepted, by its recipients’ keys; a new one is refused', async () => {
  const bulk = (key: string, expiresAt: number) =>
    sender.call('POST /v1/notifications/bulk', {
      category: 'orders',
      content: { subject: 'Soon', text: 'It ends soon.' },
      expiresAt: new Date(expiresAt).toISOString(),
      recipients: [{ to: { email: 'soon@example.com' }, key }],
    })
  const { key, expiresAt, id } = await inTime(
    async (lastsMs) => {
      const soon = { key: randomUUID(), expiresAt: Date.now() + lastsMs }
      const [result] = answered(207, await bulk(soon.key, soon.expiresAt)).json.results
      expect(result).toMatchObject({ id: expect.any(String) })
      return { ...soon, id: result.id as string }
    },
    { lastsMs: 5000 },
  )
  await eventually(async () => expect(Date.now()).toBeGreaterThan(expiresAt), { deadlineMs: 2 * DEADLINE_MS })
  expect(answered(207, await bulk(key, expiresAt)).json.results).toEqual([expect.objectContaining({ id })])
  const { errors } = answered(422, await bulk(randomUUID(), expiresAt)).json
  expect(errors).toEqual([expect.objectContaining({ path: 'expiresAt' })])
})

/** @proves notification/one-effect */
test('a bulk accepts or refuses each recipient, and a key makes one of a recipient in every bulk', async () => {
  await undisturbed(async () => {
    const [email, key] = [anAddress(), randomUUID()]
    const bulk = (text: string) =>
      sender.call('POST /v1/notifications/bulk', {
        ...once,
        content: { text },
        priority: 'bulk',
        recipients: [{ to: { email }, key }, { to: { email: `Many <${email}>` } }, { to: { userId: 'many' } }],
      })
    const first = answered(207, await bulk('Hello')).json.results
    expect(first).toMatchObject([
      { index: 0, id: expect.any(String) },
      { index: 1, error: { code: 'invalid-input', errors: [{ path: 'to.email' }] } },
      { index: 2, id: expect.any(String) },
    ])
    const second = answered(207, await bulk('Hello')).json.results
    expect(second[0].id).toBe(first[0].id)
    expect(second[2].id).not.toBe(first[2].id)
    await sender.until(first[0].id, 'delivered')
    expect(await sender.outbox(email)).toHaveLength(1)
    expect(answered(207, await bulk('Other')).json.results[0]).toMatchObject({
      error: { code: 'idempotency-key-reused' },
    })
  })
})

test('an email waits for its step, and is skipped because the text message was delivered', async () => {
  const { id, email } = await inTime(
    async (lastsMs) => {
      const to = { email: anAddress(), phone: '+4915112345678' }
      const steps = [{ channel: 'sms' }, { channel: 'email', afterSeconds: lastsMs / 1000, unless: 'delivered' }]
      const accepted = await sender.send({ to, steps })
      await eventually(
        async () => {
          const { json } = answered(200, await sender.call(`GET /v1/notifications/${accepted}`))
          expect(json.channels.sms.status).toBe('delivered')
        },
        { deadlineMs: lastsMs },
      )
      return { id: accepted, email: to.email }
    },
    { lastsMs: 4000 },
  )
  const { channels } = await sender.until(id, 'delivered')
  expect(channels).toMatchObject({
    sms: { status: 'delivered' },
    email: { status: 'cancelled', reason: 'unless-delivered' },
  })
  expect(await sender.outbox(email)).toEqual([])
})

test('what is due after its expiry expires', async () => {
  const id = await inTime(
    (lastsMs) => {
      const expiresAt = new Date(Date.now() + lastsMs).toISOString()
      return sender.send({ steps: [{ channel: 'email', afterSeconds: 600 }], expiresAt })
    },
    { lastsMs: 1500 },
  )
  expect(await sender.until(id, 'expired')).toMatchObject({ channels: { email: { reason: 'expired', attempts: 0 } } })
})

test('a reference is stored as NFC, and found in either form', async () => {
  const [composed, decomposed] = ['r\u00e9f', 're\u0301f']
  const id = await sender.send({ reference: decomposed })
  for (const form of [composed, decomposed]) {
    await eventually(async () => {
      const answer = await sender.call(`GET /v1/notifications?reference=${encodeURIComponent(form)}`)
      expect(answered(200, answer).json.items).toMatchObject([{ id, reference: composed }])
    })
  }
})

describe('a request is refused', () => {
  const minute = 60_000
  const at = (ms: number) => new Date(Date.now() + ms).toISOString()
  test.each([
    { name: 'without a recipient', body: { to: {} }, path: 'to' },
    { name: 'to a user and an address', body: { to: { userId: 'ann', email: 'ann@example.com' } }, path: 'to' },
    { name: 'to two mailboxes', body: { to: { email: 'ann@example.com,bob@example.com' } }, path: 'to.email' },
    { name: 'to a header', body: { to: { email: 'ann@example.com\r\nBcc: b@example.com' } }, path: 'to.email' },
    { name: 'to a local number', body: { to: { phone: '015112345678' } }, path: 'to.phone' },
    { name: 'with template and content', body: { template: 'hello' }, path: 'content' },
    { name: 'with neither', body: { content: undefined }, path: 'template' },
    { name: 'with channels and steps', body: { channels: ['email'], steps: [{ channel: 'sms' }] }, path: 'steps' },
    { name: 'for a time that is past', body: { sendAt: at(-2 * minute) }, path: 'sendAt' },
    { name: 'for a time in two years', body: { sendAt: at(367 * 24 * 60 * minute) }, path: 'sendAt' },
    { name: 'with an expiry before its time', body: { sendAt: at(minute), expiresAt: at(1000) }, path: 'expiresAt' },
    {
      name: 'with data that no table can hold',
      body: { data: { items: [{ title: '\ud800' }] } },
      path: 'data.items[0].title',
    },
    {
      name: 'to a URL that no table can hold',
      body: { to: { webhookUrl: 'https://example.com/\ud800' } },
      path: 'to.webhookUrl',
    },
    { name: 'with a field that it has not', body: { colour: 'red' }, path: 'colour' },
  ])('$name', async ({ body, path }) => {
    const asked = { to: { email: 'ann@example.com' }, category: 'orders', content: { text: 'Hello' }, ...body }
    const { json } = answered(422, await sender.call('POST /v1/notifications', asked))
    expect([json.code, json.errors[0].path]).toEqual(['invalid-input', path])
  })

  test('of an unknown category or template', async () => {
    const asked = { to: { email: 'ann@example.com' }, category: 'orders', content: { text: 'Hello' } }
    const { json } = answered(422, await sender.call('POST /v1/notifications', { ...asked, category: 'none' }))
    expect(json.code).toBe('unknown-category')
    const { content, ...rest } = asked
    const other = answered(422, await sender.call('POST /v1/notifications', { ...rest, template: 'none' }))
    expect(other.json.code).toBe('unknown-template')
  })
})
