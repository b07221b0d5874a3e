import { randomUUID } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { transact } from '../../../functions/shared/data/transact.ts'
import { type DueTimer, sweepTimers, type TimerStore } from '../../../functions/shared/timers/sweep-timers.ts'
import { type Bucket, bucketOf, minuteOf, type Timer } from '../../../functions/shared/timers/timer.ts'
import { createTimerStore, timerWrite } from '../../../functions/shared/timers/timer-store.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'

setFunctionEnvironment()
const client = patientDynamoDB()
const { signal } = new AbortController()
const NOW = Date.UTC(2026, 2, 29, 1, 0)
let tableName: string
let store: TimerStore

beforeEach(async () => {
  tableName = await ownTable()
  store = createTimerStore({ client, tableName, pageSize: 2 })
})

const set = (...timers: Timer[]) =>
  transact(client, { items: timers.map((timer) => timerWrite({ tableName }, timer, NOW)) }, { signal })

/** Timers of one bucket: their ids differ, and their shards don't. */
function inOneBucket(...dueTimes: number[]): { bucket: Bucket; timers: Timer[] } {
  const bucket = { minute: minuteOf(NOW), shard: 0 }
  const timers = dueTimes.map((dueAt) => {
    for (;;) {
      const timer = { id: `#$ü-${randomUUID()}`, dueAt, message: `{"due":${dueAt}}` }
      if (bucketOf(timer, NOW).shard === bucket.shard) return timer
    }
  })
  return { bucket, timers }
}

async function listAll(bucket: Bucket, until: number): Promise<Timer[][]> {
  const pages: Timer[][] = []
  let from: unknown
  do {
    const { timers, next } = await store.list(bucket, { until, from }, signal)
    pages.push([...timers])
    from = next
  } while (from !== undefined)
  return pages
}

test('a bucket lists its timers by time, in pages, up to the last that is due', async () => {
  const { bucket, timers } = inOneBucket(NOW + 3, NOW + 1, NOW + 2, NOW + 9)
  await set(...timers)
  const [third, first, second] = timers
  expect((await listAll(bucket, NOW + 3)).flat()).toEqual([first, second, third])
  expect(await listAll(bucket, NOW)).toEqual([[]])
})

test('a timer that is set twice is one', async () => {
  const { bucket, timers } = inOneBucket(NOW)
  await set(...timers)
  await set(...timers)
  expect((await listAll(bucket, NOW)).flat()).toEqual(timers)
})

test('timers that were removed are gone, and the others stay; removing them again does no harm', async () => {
  const { bucket, timers } = inOneBucket(NOW, NOW + 1, NOW + 2)
  await set(...timers)
  const [first, second, third] = timers as [Timer, Timer, Timer]
  await store.remove(bucket, [first, third], signal)
  await store.remove(bucket, [first], signal)
  expect((await listAll(bucket, NOW + 9)).flat()).toEqual([second])
})

test('a removal that fails is told, once the others are done', async () => {
  const { bucket, timers } = inOneBucket(NOW, NOW + 1)
  await set(...timers)
  const broken = { ...(timers[0] as Timer), id: 'x'.repeat(2000) }
  await expect(store.remove(bucket, [broken, ...timers], signal)).rejects.toThrow()
  expect((await listAll(bucket, NOW + 9)).flat()).toEqual([])
})

test('a timer ends by itself 90 days after it was due, even if no run removes it', async () => {
  const { bucket, timers } = inOneBucket(NOW)
  await set(...timers)
  const Key = { pk: { S: `T#${bucket.minute}#0` }, sk: { S: `${NOW}#${timers[0]?.id}` } }
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }), { signal })
  expect(Number(Item?.ttl?.N)).toBe(NOW / 1000 + 90 * 24 * 3600)
})

test('the watermark only rises', async () => {
  expect(await store.readWatermark(signal)).toBeUndefined()
  await store.raiseWatermark(100, signal)
  await store.raiseWatermark(99, signal)
  expect(await store.readWatermark(signal)).toBe(100)
  await store.raiseWatermark(101, signal)
  expect(await store.readWatermark(signal)).toBe(101)
})

/** @proves notification/timers-fire */
test('a sweep of the table fires what is due once, and leaves the rest', async () => {
  const due = Array.from({ length: 9 }, (_, index) => ({ id: `due-${index}`, dueAt: NOW + index, message: 'm' }))
  const later = { id: 'later', dueAt: NOW + 3_600_000, message: 'm' }
  await set(...due, later)
  const fired: DueTimer[] = []
  const sweep = sweepTimers({
    store,
    now: () => NOW,
    fire: async (timers) => {
      fired.push(...timers)
      return new Set(timers.map(({ id }) => id))
    },
    onFailure: (_, error) => {
      throw error
    },
  })
  const run = { scheduledAt: NOW, until: NOW + 1 }
  expect(await sweep(run, signal)).toEqual({ fired: 9, failed: 0, isComplete: true })
  expect(await sweep(run, signal)).toEqual({ fired: 0, failed: 0, isComplete: true })
  expect(fired.map(({ id }) => id).sort()).toEqual(due.map(({ id }) => id))
  expect((await listAll(bucketOf(later, NOW), later.dueAt)).flat()).toEqual([later])
})
