import { createFanOut } from '../../../functions/chat/fan-out/fan-out.ts'
import { createPostFrames } from '../../../functions/chat/post-frames.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { CAUSE } from '../cause.ts'
import { aMessage, anEvent, aRoom } from '../room-events.ts'

const CONNECTIONS = 1000
const SHARDS = 4
const POST_MS = 20

/** Delivers a message to a room of 1,000 connections, whose posts take as long as those of API Gateway. */
async function deliverToLargeRoom(perSecond: number) {
  const clock = fakeClock()
  const { now, startTimer } = clock
  const sentAt = new Map<string, number>()
  const event = anEvent(1, aMessage(), { shards: SHARDS })
  const postFrames = createPostFrames({
    post: (connectionId) =>
      new Promise((resolve) => {
        startTimer(() => {
          sentAt.set(connectionId, now())
          resolve('sent')
        }, POST_MS)
      }),
    now,
    random: () => 0,
    startTimer,
    logger: silentTelemetry().logger,
  })
  const fanOut = createFanOut({
    readRoom: async () => aRoom({ shards: SHARDS, members: CONNECTIONS }),
    readEvents: async () => [event],
    admit: async () => new Set(),
    list: async ({ shard }) =>
      Array.from({ length: CONNECTIONS / SHARDS }, (_, index) => ({
        connectionId: `${shard}-${index}`,
        user: `user-${shard}-${index}`,
        joined: 1,
        connectedAt: 0,
      })),
    readProgress: async () => undefined,
    writeProgress: async () => {},
    postFrames,
    forget: { removed: async () => {}, gone: async () => {} },
    perSecond,
    now,
    random: () => 0,
    startTimer,
  })
  const start = now()
  const id = { tenant: 'acme', room: 'room-1' }
  const { signal } = new AbortController()
  const workers = Array.from({ length: SHARDS }, (_, shard) =>
    fanOut({ id, shard, shards: SHARDS, from: 1, upTo: 1, cause: CAUSE }, signal),
  )
  await clock.advance(60_000)
  await Promise.all(workers)
  return [...sentAt.values()].map((time) => time - start)
}

/** @proves chat/large-rooms */
test('a message reaches 1,000 connections in a second, at no more than 2,000 posts a second', async () => {
  const times = await deliverToLargeRoom(2000)
  expect(times).toHaveLength(CONNECTIONS)
  expect(Math.max(...times)).toBeLessThan(1000)
  for (let start = 0; start < 1000; start += 100) {
    expect(times.filter((time) => time >= start && time < start + 100).length).toBeLessThanOrEqual(250)
  }
})

/** @proves chat/large-rooms */
test('a lower rate takes longer in proportion', async () => {
  const times = await deliverToLargeRoom(200)
  expect(Math.max(...times)).toBeGreaterThan(4500)
  expect(Math.max(...times)).toBeLessThan(5500)
})
