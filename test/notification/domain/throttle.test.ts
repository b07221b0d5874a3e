import fc from 'fast-check'
import { type Counted, decideThrottle } from '../../../functions/notification/domain/throttle.ts'

const throttle = { limit: 2, windowMs: 1000, over: 'defer' } as const
const decide = (log: readonly Counted[], notificationId: string, now: number) =>
  decideThrottle(log, { notificationId, throttle, now })

test('so many are within it in any window, and the next one knows when there is room', () => {
  const first = decide([], 'a', 0)
  const second = decide(first.log ?? [], 'b', 400)
  expect([first.throttled, second.throttled]).toEqual([{ outcome: 'allowed' }, { outcome: 'allowed' }])
  const log = second.log ?? []
  expect(decide(log, 'c', 999)).toEqual({ throttled: { outcome: 'over', retryAt: 1000 } })
  expect(decide(log, 'c', 1000)).toMatchObject({ throttled: { outcome: 'allowed' } })
})

test('one that counts already is within it, and counts once', () => {
  const log = [
    { notificationId: 'a', at: 0 },
    { notificationId: 'b', at: 1 },
  ]
  expect(decide(log, 'a', 2)).toEqual({ throttled: { outcome: 'allowed' } })
})

test('a lower limit waits until enough have left the window', () => {
  const log = [1, 2, 3, 4].map((at) => ({ notificationId: `n${at}`, at }))
  expect(decide(log, 'c', 10).throttled).toEqual({ outcome: 'over', retryAt: 1003 })
})

/** @proves notification/throttled */
test('no window, wherever it begins, holds more than the limit, and a channel that waits as long as it was asked to gets through', () => {
  const steps = fc.array(fc.record({ wait: fc.nat({ max: 700 }), id: fc.nat({ max: 20 }) }), { maxLength: 100 })
  fc.assert(
    fc.property(steps, (asked) => {
      let [now, log]: [number, readonly Counted[]] = [0, []]
      const allowed = new Map<string, number[]>()
      for (const { wait, id } of asked) {
        now += wait
        const { throttled, log: next } = decide(log, `n${id}`, now)
        if (next) allowed.set(`n${id}`, [...(allowed.get(`n${id}`) ?? []), now])
        log = next ?? log
        if (throttled.outcome === 'over') {
          expect(throttled.retryAt).toBeGreaterThan(now)
          expect(decide(log, `n${id}`, throttled.retryAt).throttled).toEqual({ outcome: 'allowed' })
          expect(decide(log, `n${id}`, throttled.retryAt - 1).throttled.outcome).toBe('over')
        }
      }
      const times = [...allowed.values()].flat().sort((a, b) => a - b)
      times.forEach((at, index) => {
        expect((times[index + throttle.limit] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThanOrEqual(
          throttle.windowMs,
        )
      })
    }),
  )
})
