import { randomUUID } from 'node:crypto'
import type { SendTurns, Turn } from '../../../functions/notification/deliver/turn.ts'
import type { Request } from '../../../functions/notification/send/accept.ts'
import { createHandOver, HAND_OVER_MS } from '../../../functions/notification/store/hand-over.ts'
import { readNewTurn } from '../../../functions/notification/store/new-turn.ts'
import { createStoreNotification } from '../../../functions/notification/store/store-notification.ts'
import { localCloud } from '../../../tools/support/settings.ts'
import { newTenant } from '../../support/cloud.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { aNotification } from '../notifications.ts'
import { notificationTable } from './notification-table.ts'

const world = await notificationTable()
const { signal } = new AbortController()
const MINUTE = 60_000

/** Stores a notification, and returns the turns that were handed over, and those that the stream sends. */
async function stored(given: Partial<Request>) {
  const handedOver: Turn[] = []
  const handOver: SendTurns = async (turns) => void handedOver.push(...turns)
  const tracked = aNotification({ tenant: newTenant(), id: randomUUID(), now: Date.now(), ...given })
  const store = createStoreNotification({ ...world, ...world.table, handOver })
  expect(await store(tracked, signal)).toEqual({ outcome: 'stored' })
  const { tenant, id, createdAt } = tracked.notification
  const items = await world.itemsOf(`N#${tenant}#${id}`)
  const streamed = items.flatMap((NewImage) => readNewTurn({ dynamodb: { NewImage: NewImage as never } }) ?? [])
  const delays = (turns: readonly Turn[]) => turns.map(({ channel, dueAt }) => [channel, dueAt - createdAt])
  return { store, tracked, handedOver, delays: { handedOver: delays(handedOver), streamed: delays(streamed) } }
}

/** @proves notification/critical-not-behind-bulk */
test('what is critical and due is handed over at once, and comes from the stream ten seconds later', async () => {
  const { delays, handedOver, tracked } = await stored({ priority: 'critical' })
  expect(delays).toEqual({ handedOver: [['email', 0]], streamed: [['email', 10_000]] })
  const { tenant, id } = tracked.notification
  expect(handedOver).toMatchObject([{ tenant, id, channel: 'email', turn: 1, priority: 'critical' }])
})

test('a step that waits comes from the stream when it is due, also of a critical notification', async () => {
  const steps = [{ channel: 'email' }, { channel: 'sms', afterSeconds: 60 }] as const
  const { delays } = await stored({
    priority: 'critical',
    steps,
    to: { email: 'ann@example.com', phone: '+4915112345678' },
  })
  expect(delays.handedOver).toEqual([['email', 0]])
  expect(delays.streamed.sort()).toEqual([
    ['email', 10_000],
    ['sms', MINUTE],
  ])
})

test.each(['normal', 'bulk'] as const)('what is %s comes from the stream alone', async (priority) => {
  expect((await stored({ priority })).delays).toEqual({ handedOver: [], streamed: [['email', 0]] })
})

test('a repeated request hands nothing over again', async () => {
  const { store, tracked, handedOver } = await stored({ priority: 'critical' })
  expect(await store(tracked, signal)).toMatchObject({ outcome: 'exists' })
  expect(handedOver).toHaveLength(1)
})

test('a queue that refuses the turn fails no request: the stream has it', async () => {
  const { telemetry, lines } = recordedTelemetry()
  const queueUrl = `${localCloud().endpoint}/000000000000/no-queue`
  const handOver = createHandOver({ ...world, queueUrl, waitMs: HAND_OVER_MS, logger: telemetry.logger })
  const tracked = aNotification({ tenant: newTenant(), id: randomUUID(), now: Date.now(), priority: 'critical' })
  const store = createStoreNotification({ ...world, ...world.table, handOver })
  expect(await store(tracked, signal)).toEqual({ outcome: 'stored' })
  expect(lines.map(({ level, message }) => [level, message])).toContainEqual([
    'WARN',
    'critical turn left to the stream',
  ])
})
