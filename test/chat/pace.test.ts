import { createPace } from '../../functions/chat/pace.ts'
import { fakeClock, settle } from '../support/fake-clock.ts'

test('all callers together make so many calls a second', async () => {
  const clock = fakeClock()
  const pace = createPace({ perSecond: 100, now: clock.now, startTimer: clock.startTimer })
  const { signal } = new AbortController()
  let calls = 0
  const callers = Array.from({ length: 200 }, () =>
    pace(signal).then(() => {
      calls += 1
    }),
  )
  await settle()
  const burst = calls
  expect(burst).toBeLessThanOrEqual(3)
  await clock.advance(1000)
  expect(calls - burst).toBe(100)
  await clock.advance(1000)
  await Promise.all(callers)
})

test('a pace that was not used saves nothing up', async () => {
  const clock = fakeClock()
  const pace = createPace({ perSecond: 100, now: clock.now, startTimer: clock.startTimer })
  const { signal } = new AbortController()
  await pace(signal)
  await clock.advance(60_000)
  let calls = 0
  for (let index = 0; index < 50; index++) {
    void pace(signal).then(() => {
      calls += 1
    })
  }
  await settle()
  expect(calls).toBeLessThanOrEqual(3)
  await clock.advance(1000)
})

test('a wait ends when its signal aborts', async () => {
  const clock = fakeClock()
  const pace = createPace({ perSecond: 1, now: clock.now, startTimer: clock.startTimer })
  const controller = new AbortController()
  await pace(controller.signal)
  const waiting = pace(controller.signal)
  controller.abort(new Error('too late'))
  await expect(waiting).rejects.toThrow('too late')
  expect(clock.pendingTimers()).toBe(0)
})
