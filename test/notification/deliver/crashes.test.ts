import { aCategory, aNotification } from '../notifications.ts'
import { DELIVERED, deliverWorld, LEASE_MS, REFUSED, UNKNOWN, type WorldOptions } from './deliver-world.ts'

const drops = { readCategory: async () => aCategory({ onUncertain: 'drop' }) }

/** Lets the first worker die, and the message come again once its claim is over, as often as the stream asks. */
async function afterDeath(options: WorldOptions) {
  const world = deliverWorld(aNotification(), options)
  await expect(world.handle()).rejects.toThrow('The worker died')
  world.dieBeforeWrite = undefined
  return world
}

/** @proves notification/ends-with-a-reason */
test('a worker that dies before its claim leaves a channel that the next message sends, once', async () => {
  const world = await afterDeath({ dieBeforeWrite: 1 })
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'delivered', attempts: 1 })
  expect(world.messages).toHaveLength(1)
})

test('a message that meets a live claim waits until it ends, and sends nothing', async () => {
  const world = await afterDeath({ answers: ['crash'] })
  world.now = LEASE_MS - 1
  expect(await world.handle()).toMatchObject({ outcome: 'early' })
  expect(world.rearmed).toMatchObject([{ turn: 1, dueAt: LEASE_MS }])
  expect(world.messages).toHaveLength(1)
})

/** @proves notification/uncertain-is-told */
test.each([
  { when: 'during the call', options: { answers: ['crash', DELIVERED] } as const },
  { when: 'after the call, before its outcome is written', options: { dieBeforeWrite: 2 } },
])('a worker that dies $when is followed by another try, of which the timeline tells', async ({ options }) => {
  const world = await afterDeath(options)
  world.now = LEASE_MS
  expect(await world.handle()).toMatchObject({ outcome: 'recovered' })
  expect(world.channel()).toMatchObject({ status: 'sending', claim: null, turn: 2 })
  expect(world.channel().timeline.at(-1)).toMatchObject({
    event: 'retrying',
    detail: expect.stringContaining('It is unknown whether it was sent'),
  })
  world.now = world.channel().dueAt
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'delivered', attempts: 2 })
  expect(world.messages).toHaveLength(2)
})

/** @proves notification/uncertain-is-told */
test('a worker that dies during the call has failed, if the category drops what is uncertain', async () => {
  const world = await afterDeath({ ...drops, answers: ['crash'] })
  world.now = LEASE_MS
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'failed', reason: 'uncertain' })
  expect(world.published).toEqual([{ outcome: 'failed', reason: 'uncertain' }])
  expect(world.messages).toHaveLength(1)
})

test('a provider that recognises repeats is asked again, whatever the category says, under the same key', async () => {
  const world = await afterDeath({ ...drops, answers: ['crash', DELIVERED], isIdempotent: true })
  world.now = LEASE_MS
  await world.handle()
  world.now = world.channel().dueAt
  await world.handle()
  expect(world.channel().status).toBe('delivered')
  expect(new Set(world.messages.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
})

test('a worker that is slower than its claim does not overwrite what came after it', async () => {
  const world = deliverWorld(aNotification(), {
    answers: [REFUSED, DELIVERED],
    async whileSending({ messages, handle }) {
      if (messages.length > 1) return
      world.now = LEASE_MS
      expect(await handle('email', 1)).toMatchObject({ outcome: 'recovered' })
    },
  })
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'sending', turn: 2, reason: 'worker-lost' })
  world.now = world.channel().dueAt
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'delivered', reason: null })
})

/** @proves notification/sent-or-cancelled */
test('nobody can cancel what may have been sent', async () => {
  const world = await afterDeath({ answers: ['crash', DELIVERED] })
  world.now = LEASE_MS
  await world.handle()
  // A channel that is sending can't be cancelled: see cancel.test.ts.
  expect(world.channel()).toMatchObject({ status: 'sending', deliveries: [{ uncertain: true }] })
})

/** @proves notification/sent-or-cancelled */
test('nor what an idempotent provider may have sent: it is tried again, whatever the category says', async () => {
  const world = deliverWorld(aNotification(), { ...drops, answers: [UNKNOWN, DELIVERED], isIdempotent: true })
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'sending', deliveries: [{ uncertain: true, status: 'sending' }] })
  world.now = world.channel().dueAt
  await world.handle()
  expect(world.channel().status).toBe('delivered')
})

test('a mail whose headers can’t be made for now is tried again, and nothing is in doubt', async () => {
  const world = deliverWorld(aNotification(), { ...drops, failingHeaders: true })
  await world.handle()
  expect(world.messages).toEqual([])
  expect(world.channel()).toMatchObject({ status: 'queued', reason: 'headers', deliveries: [{ uncertain: false }] })
})
