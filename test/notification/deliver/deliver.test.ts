import { RECEIPT_MS } from '../../../functions/notification/domain/deliveries.ts'
import { afterReceipt } from '../../../functions/notification/domain/receipt.ts'
import { aCategory, aNotification, aPerson } from '../notifications.ts'
import { ACCEPTED, applied, deliverWorld, REFUSED, UNAVAILABLE } from './deliver-world.ts'

const SECOND = 1000
const events = ({ timeline }: { timeline: readonly { event: string }[] }) => timeline.map(({ event }) => event)

test('a channel that is due is handed to its provider once, and its status is what the provider said', async () => {
  const world = deliverWorld(aNotification())
  expect(await world.handle()).toEqual({ outcome: 'sent', messages: 1 })
  expect(world.channel()).toMatchObject({ status: 'delivered', provider: 'mail', attempts: 1, claim: null })
  expect(world.messages).toMatchObject([{ address: 'ann@example.com', parts: { subject: 'Hi', text: 'Hello' } }])
  expect(world.published).toEqual([{ outcome: 'delivered', reason: null }])
  expect(events(world.channel())).toEqual(['sending', 'delivered'])
})

/** @proves notification/one-effect */
test('a message of a turn that is over changes nothing, however often it comes', async () => {
  const world = deliverWorld(aNotification(), { answers: [UNAVAILABLE] })
  await world.handle('email', 1)
  expect(world.channel().turn).toBe(2)
  for (let times = 0; times < 3; times++) expect(await world.handle('email', 1)).toMatchObject({ outcome: 'ignored' })
  expect(world.messages).toHaveLength(1)
})

test('a message that comes too early is sent again for later', async () => {
  const world = deliverWorld(aNotification({ sendAt: 60 * SECOND }))
  expect(await world.handle()).toMatchObject({ outcome: 'early' })
  expect(world.rearmed).toMatchObject([{ channel: 'email', turn: 1, dueAt: 60 * SECOND }])
  expect(world.writes).toBe(0)
})

test('a provider that certainly did not accept it is tried again, and the channel is queued meanwhile', async () => {
  const world = deliverWorld(aNotification(), { answers: [UNAVAILABLE, UNAVAILABLE, ACCEPTED] })
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'queued', dueAt: 500, turn: 2, reason: 'throttled' })
  world.now = 500
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'queued', dueAt: 1500, turn: 3 })
  world.now = 1500
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'sending', attempts: 3, reason: null })
})

/** @proves notification/ends-with-a-reason */
test('a provider is tried for 24 hours after the channel was due, then it has failed', async () => {
  const world = deliverWorld(aNotification(), { answers: [UNAVAILABLE] })
  for (let tries = 0; tries < 500 && world.channel().status !== 'failed'; tries++) {
    await world.handle()
    world.now = Math.max(world.now, world.channel().dueAt)
  }
  expect(world.channel()).toMatchObject({ status: 'failed', reason: 'throttled' })
  expect(world.now).toBe(24 * 3600 * SECOND)
  expect(world.published).toEqual([{ outcome: 'failed', reason: 'throttled' }])
})

test('a refused address fails at once', async () => {
  const world = deliverWorld(aNotification(), { answers: [REFUSED] })
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'failed', reason: 'no-such-mailbox', attempts: 1 })
})

test('a channel that was accepted is sent, and unconfirmed when no receipt came in 72 hours', async () => {
  const world = deliverWorld(aNotification(), { answers: [ACCEPTED] })
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'sending', dueAt: RECEIPT_MS, turn: 2 })
  expect(world.published).toEqual([{ outcome: 'sent', reason: null }])
  world.now = RECEIPT_MS
  expect(await world.handle()).toMatchObject({ outcome: 'unconfirmed' })
  expect(world.tracked.summary).toMatchObject({ status: 'unconfirmed', doneAt: RECEIPT_MS })
  expect(world.messages).toHaveLength(1)
})

test('a receipt in time keeps the worker from calling it unconfirmed', async () => {
  const world = deliverWorld(aNotification(), { answers: [ACCEPTED] })
  await world.handle()
  const receipt = { tenant: 'acme', notificationId: 'n1', channel: 'email', endpointId: 'default' } as const
  const changes = afterReceipt(world.channel(), { ...receipt, kind: 'delivered', at: 5, detail: 'It arrived.' }, 5)
  world.tracked = applied(world.tracked, changes, 5)
  world.now = RECEIPT_MS
  expect(await world.handle('email', 2)).toMatchObject({ outcome: 'ignored' })
  expect(world.channel().status).toBe('delivered')
})

/** @proves notification/judged-when-due */
test('a channel that expired before it was due is not sent', async () => {
  const world = deliverWorld(aNotification({ expiresAt: 10 * SECOND }), { answers: [UNAVAILABLE] })
  world.now = 10 * SECOND
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'expired', reason: 'expired', attempts: 0 })
})

test('a retry that would come after the expiry finds it expired at that time', async () => {
  const world = deliverWorld(aNotification({ expiresAt: 300 }), { answers: [UNAVAILABLE] })
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'queued', dueAt: 300 })
  world.now = 300
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'expired', attempts: 1 })
})

test('a step is skipped if another channel was delivered, and sent otherwise', async () => {
  const steps = [{ channel: 'sms' }, { channel: 'email', afterSeconds: 600, unless: 'delivered' }] as const
  const to = { email: 'ann@example.com', phone: '+4915112345678' }
  const skipped = deliverWorld(aNotification({ steps, to }))
  await skipped.handle('sms')
  skipped.now = 600 * SECOND
  await skipped.handle('email')
  expect(skipped.channel('email')).toMatchObject({ status: 'cancelled', reason: 'unless-delivered', attempts: 0 })
  expect(skipped.tracked.summary.status).toBe('delivered')

  const sent = deliverWorld(aNotification({ steps, to }), { answers: [REFUSED] })
  await sent.handle('sms')
  sent.now = 600 * SECOND
  await sent.handle('email')
  expect(sent.messages.map(({ channel }) => channel)).toEqual(['sms', 'email'])
})

/** @proves notification/judged-when-due */
test('a rule that changed since the acceptance decides when the channel is due', async () => {
  let wanted = true
  const readPerson = async () => {
    const preferences = { ...aPerson().preferences, categories: { orders: { email: wanted } } }
    return aPerson({ email: 'ann@example.com', preferences })
  }
  const world = deliverWorld(aNotification({ to: { userId: 'ann' } }), { readPerson, answers: [UNAVAILABLE] })
  await world.handle()
  wanted = false
  world.now = world.channel().dueAt
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'suppressed', reason: 'preference', attempts: 1 })
})

test('only what all other rules let pass is counted against a throttle, once', async () => {
  const charged: string[] = []
  let quietUntil: number | null = 5 * SECOND
  const world = deliverWorld(aNotification({ to: { userId: 'ann' } }), {
    readPerson: async () =>
      aPerson({
        email: 'ann@example.com',
        preferences: { ...aPerson().preferences, quietHours: { start: '22:00', end: '07:00', zone: 'UTC' } },
      }),
    readCategory: async () => aCategory({ throttle: { limit: 1, windowMs: 1000, over: 'defer' } }),
    judgeQuietHours: () => quietUntil,
    takeThrottle: async ({ subject, notificationId }) => {
      charged.push(`${subject} ${notificationId}`)
      return charged.length === 1 ? { outcome: 'over', retryAt: 9 * SECOND } : { outcome: 'allowed' }
    },
  })
  await world.handle()
  expect([world.channel().reason, charged]).toEqual(['quiet-hours', []])
  quietUntil = null
  world.now = 5 * SECOND
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'deferred', reason: 'throttle', dueAt: 9 * SECOND })
  world.now = 9 * SECOND
  await world.handle()
  expect(world.channel().status).toBe('delivered')
  expect(charged).toEqual(['ann n1', 'ann n1'])
})

/** @proves notification/ends-with-a-reason */
test('a channel without an address fails, and without its category, too', async () => {
  const homeless = deliverWorld(aNotification({ to: { userId: 'ann' } }))
  await homeless.handle()
  expect(homeless.channel()).toMatchObject({ status: 'failed', reason: 'no-endpoint' })
  const deleted = deliverWorld(aNotification(), { readCategory: async () => undefined })
  await deleted.handle()
  expect(deleted.channel()).toMatchObject({ status: 'failed', reason: 'category' })
})

test('an address that a provider accepted is not sent to again while another of the channel is tried again', async () => {
  const endpoint = {
    channel: 'email',
    enabled: true,
    disabledReason: null,
    secrets: [],
    version: 'v1',
    userId: 'ann',
  } as const
  const endpoints = ['home', 'work'].map((id) => ({ ...endpoint, id, address: `${id}@example.com` }))
  const world = deliverWorld(aNotification({ to: { userId: 'ann' } }), {
    readPerson: async () => aPerson({ endpoints }),
    answers: [ACCEPTED, UNAVAILABLE, ACCEPTED],
  })
  await world.handle()
  expect(world.channel().status).toBe('sending')
  world.now = world.channel().dueAt
  await world.handle()
  expect(world.messages.map(({ address }) => address)).toEqual([
    'home@example.com',
    'work@example.com',
    'work@example.com',
  ])
})
