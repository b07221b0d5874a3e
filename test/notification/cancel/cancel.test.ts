import { createCancel } from '../../../functions/notification/cancel/cancel.ts'
import type { Revise } from '../../../functions/notification/domain/moves.ts'
import type { Tracked } from '../../../functions/notification/domain/notification.ts'
import { applied, deliverWorld, UNAVAILABLE } from '../deliver/deliver-world.ts'
import { aNotification, CAUSE } from '../notifications.ts'

const { signal } = new AbortController()
const to = { email: 'ann@example.com', phone: '+4915112345678' }
const both = [{ channel: 'email' }, { channel: 'sms', afterSeconds: 60 }] as const

/** Cancels a notification, and returns what came of it. */
async function cancelled(world: { tracked: Tracked; now: number }) {
  const revise: Revise = async ({ decide }) => {
    const { changes, result } = await decide(world.tracked)
    if (changes) world.tracked = applied(world.tracked, changes, world.now)
    return result
  }
  return createCancel({ revise, now: () => world.now })({ id: { tenant: 'acme', id: 'n1' }, cause: CAUSE }, signal)
}

test('channels that no worker has claimed are cancelled, and a second time changes nothing', async () => {
  const world = deliverWorld(aNotification({ to, steps: both }))
  const channels = { email: 'cancelled', sms: 'cancelled' }
  expect(await cancelled(world)).toEqual({ outcome: 'cancelled', channels })
  const after = world.tracked
  expect(await cancelled(world)).toEqual({ outcome: 'cancelled', channels })
  expect(world.tracked).toBe(after)
  expect(await world.handle('email', 1)).toMatchObject({ outcome: 'ignored' })
})

test('a channel that was sent stays so, while another is cancelled', async () => {
  const world = deliverWorld(aNotification({ to, steps: both }))
  await world.handle('email')
  const channels = { email: 'delivered', sms: 'cancelled' }
  expect(await cancelled(world)).toEqual({ outcome: 'cancelled', channels })
  expect(await cancelled(world)).toEqual({ outcome: 'cancelled', channels })
})

test('it is too late only when every channel was claimed', async () => {
  const world = deliverWorld(aNotification())
  await world.handle()
  expect(await cancelled(world)).toMatchObject({ outcome: 'too-late', channels: { email: 'delivered' } })
  const failed = deliverWorld(aNotification({ to: { userId: 'ann' } }))
  await failed.handle()
  expect(await cancelled(failed)).toMatchObject({ outcome: 'cancelled', channels: { email: 'failed' } })
})

test('a channel that waits for another try, of which nothing was sent, can be cancelled', async () => {
  const world = deliverWorld(aNotification(), { answers: [UNAVAILABLE] })
  await world.handle()
  expect(await cancelled(world)).toMatchObject({ outcome: 'cancelled', channels: { email: 'cancelled' } })
})

test('a channel that may have been sent can’t be cancelled', async () => {
  const world = deliverWorld(aNotification(), { answers: ['crash'] })
  await world.handle().catch(() => undefined)
  expect(await cancelled(world)).toMatchObject({ outcome: 'too-late', channels: { email: 'sending' } })
})

test('what nobody has can’t be cancelled', async () => {
  const cancel = createCancel({ revise: async () => undefined, now: () => 0 })
  expect(await cancel({ id: { tenant: 'acme', id: 'none' }, cause: CAUSE }, signal)).toEqual({ outcome: 'not-found' })
})
