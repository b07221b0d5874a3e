import { afterReceipt } from '../../../functions/notification/domain/receipt.ts'
import { ACCEPTED, deliverWorld } from '../deliver/deliver-world.ts'
import { aNotification } from '../notifications.ts'

const about = { tenant: 'acme', notificationId: 'n1', channel: 'email', endpointId: 'default' } as const
const receipt = (kind: Parameters<typeof afterReceipt>[1]['kind']) => ({ ...about, kind, at: 5, detail: 'It said so.' })

async function sent() {
  const world = deliverWorld(aNotification(), { answers: [ACCEPTED] })
  await world.handle()
  return world.channel()
}

test.each([
  ['delivered', 'delivered', 'delivered'],
  ['bounced', 'failed', 'bounced'],
  ['bounced-transiently', 'failed', 'bounced'],
  ['complained', 'delivered', 'delivered'],
] as const)('a receipt that it %s makes a channel %s, and is told as %s', async (kind, status, outcome) => {
  const { channels, publish } = afterReceipt(await sent(), receipt(kind), 5)
  expect(channels).toMatchObject([{ status, at: 5 }])
  expect(publish?.outcome).toBe(outcome)
})

test('a permanent bounce after the delivery makes it failed, once', async () => {
  const [delivered] = afterReceipt(await sent(), receipt('delivered'), 5).channels
  const bounced = afterReceipt(delivered as never, receipt('bounced'), 9)
  expect(bounced).toMatchObject({
    channels: [{ status: 'failed', reason: 'bounced' }],
    publish: { outcome: 'bounced' },
  })
  expect(afterReceipt(bounced.channels[0] as never, receipt('bounced'), 10).publish).toBeUndefined()
})

test.each([
  'delivered',
  'bounced-transiently',
  'complained',
] as const)('a late receipt that it %s only enters the timeline', async (kind) => {
  const [failed] = afterReceipt(await sent(), receipt('bounced'), 5).channels
  const { channels, publish } = afterReceipt(failed as never, receipt(kind), 9)
  expect(channels[0]).toMatchObject({ status: 'failed', at: 5 })
  expect(channels[0]?.timeline.at(-1)).toMatchObject({ at: 9, event: kind })
  expect(publish).toBeUndefined()
})

test('a receipt that is faster than its provider’s answer is not undone by it', async () => {
  const world = deliverWorld(aNotification(), {
    answers: [ACCEPTED],
    async whileSending() {
      const { channels } = afterReceipt(world.channel(), receipt('delivered'), 1)
      world.tracked = { ...world.tracked, channels }
    },
  })
  await world.handle()
  expect(world.channel()).toMatchObject({ status: 'delivered', claim: null })
})
