import { sweepTimers } from '../../../functions/shared/timers/sweep-timers.ts'
import { bucketOf, minuteOf, SHARDS } from '../../../functions/shared/timers/timer.ts'
import { GOOD_RUN, MINUTE, timerWorld } from './timer-world.ts'

const aTimer = (id: string, dueAt: number) => ({ id, dueAt, message: `message of ${id}` })

test('a timer fires in the run before it is due, with the time that is left as its delay', async () => {
  const world = timerWorld()
  world.write(aTimer('a', world.now() + 30 * MINUTE))
  world.pass(27 * MINUTE)
  await world.run(sweepTimers)
  expect(world.fired.size).toBe(0)
  world.pass(MINUTE)
  expect(await world.run(sweepTimers)).toEqual({ fired: 1, failed: 0, isComplete: true })
  expect(world.fired.get('a')).toEqual([{ at: world.now(), delayMs: 2 * MINUTE }])
})

/** @proves notification/timers-fire */
test('a timer that is late fires without a delay', async () => {
  const world = timerWorld()
  world.write(aTimer('a', world.now() + MINUTE))
  world.pass(45 * MINUTE)
  await world.run(sweepTimers)
  expect(world.fired.get('a')).toEqual([{ at: world.now(), delayMs: 0 }])
})

test('a timer that is set for the past fires in the next run', async () => {
  const world = timerWorld()
  await world.run(sweepTimers)
  world.write(aTimer('a', world.now() - 60 * MINUTE))
  world.pass(MINUTE)
  await world.run(sweepTimers)
  expect(world.fired.get('a')).toHaveLength(1)
})

test('the first run looks an hour back, and leaves the watermark five minutes behind', async () => {
  const world = timerWorld()
  world.write(aTimer('a', world.now()))
  world.pass(60 * MINUTE)
  await world.run(sweepTimers)
  expect(world.fired.get('a')).toHaveLength(1)
  expect(world.watermark()).toBe(minuteOf(world.now()) - 5)
})

test('an idle run reads the last five minutes, the current one and the next two', async () => {
  const world = timerWorld()
  await world.run(sweepTimers)
  world.listed.length = 0
  await world.run(sweepTimers)
  expect(world.listed).toHaveLength(8 * SHARDS)
})

test('a run by hand fires what is due and leaves the watermark as it is', async () => {
  const world = timerWorld()
  world.write(aTimer('a', world.now()))
  await world.run(sweepTimers, { ...GOOD_RUN, byHand: true })
  expect([world.fired.size, world.watermark()]).toEqual([1, undefined])
})

test('a clock that is ahead fires early, and does not move the watermark ahead of the schedule', async () => {
  const world = timerWorld()
  world.write(aTimer('a', world.now() + 50 * MINUTE))
  await world.run(sweepTimers, { ...GOOD_RUN, clockError: 60 * MINUTE })
  expect(world.fired.get('a')).toHaveLength(1)
  expect(world.watermark()).toBe(minuteOf(world.now()) - 5)
})

test('a clock that is behind delays nothing', async () => {
  const world = timerWorld()
  world.write(aTimer('a', world.now() + MINUTE))
  await world.run(sweepTimers, { ...GOOD_RUN, clockError: -60 * MINUTE })
  expect(world.fired.get('a')).toEqual([{ at: world.now(), delayMs: MINUTE }])
})

test('a bucket that fails is named, and the others go on', async () => {
  const world = timerWorld()
  world.write(aTimer('good-1', world.now()))
  world.write(aTimer('bad-1', world.now()))
  const { minute, shard } = bucketOf(aTimer('bad-1', world.now()), world.now())
  expect(shard).not.toBe(bucketOf(aTimer('good-1', 0), 0).shard)
  const named: unknown[] = []
  const failingOne = (deps: Parameters<typeof sweepTimers>[0]) => {
    const fire: typeof deps.fire = async (timers, signal) => {
      if (timers.some(({ id }) => id === 'bad-1')) throw new Error('no queue')
      return deps.fire(timers, signal)
    }
    return sweepTimers({ ...deps, fire, onFailure: (bucket, error) => named.push(bucket, error) })
  }
  expect(await world.run(failingOne)).toEqual({ fired: 1, failed: 1, isComplete: false })
  expect(named).toEqual([{ minute, shard }, new Error('no queue')])
})

/** @proves notification/timers-fire */
test('a timer that is refused stays, is counted, and holds the watermark', async () => {
  const world = timerWorld()
  world.write(aTimer('a', world.now()))
  await world.run(sweepTimers)
  world.fired.clear()
  world.write(aTimer('b', world.now()))
  const minute = minuteOf(world.now())
  world.pass(10 * MINUTE)
  expect(await world.run(sweepTimers, { ...GOOD_RUN, refuseEvery: 1 })).toEqual({
    fired: 0,
    failed: 1,
    isComplete: false,
  })
  expect(world.watermark()).toBe(minute)
  world.pass(MINUTE)
  await world.run(sweepTimers)
  expect([...world.fired.keys()]).toEqual(['b'])
})

test('a run without time for all says so, and begins nothing that it cannot end', async () => {
  const world = timerWorld()
  for (const id of ['a', 'b', 'c']) world.write(aTimer(id, world.now()))
  expect(await world.run(sweepTimers, { ...GOOD_RUN, pages: 0 })).toEqual({ fired: 0, failed: 0, isComplete: false })
  expect(world.listed).toEqual([])
})

test('the buckets of a minute share its timers evenly', () => {
  const shards = Array.from({ length: 4000 }, (_, index) => bucketOf(aTimer(`timer-${index}`, 0), 0).shard)
  const counts = Array.from({ length: SHARDS }, (_, shard) => shards.filter((one) => one === shard).length)
  expect(Math.min(...counts)).toBeGreaterThan(800)
})

test('a timer belongs to the minute in which it is due, or to that of its writer if that is later', () => {
  expect(bucketOf(aTimer('a', 5 * MINUTE + 59_999), 0).minute).toBe(5)
  expect(bucketOf(aTimer('a', 0), 7 * MINUTE).minute).toBe(7)
})
