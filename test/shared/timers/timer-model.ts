import fc from 'fast-check'
import type { SweepTimers, SweepTimersDeps } from '../../../functions/shared/timers/sweep-timers.ts'
import { MINUTE, type RunPlan, type TimerWorld, timerWorld } from './timer-world.ts'

type Step =
  | { do: 'write'; dueInMs: number; clockError: number }
  | { do: 'run'; plan: RunPlan; afterMs: number }
  | { do: 'outage'; minutes: number }

const HOUR = 60 * MINUTE

/** Writers' clocks are wrong by up to two minutes; those of a sweep, for once, by hours. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      dueInMs: fc.oneof(
        fc.integer({ min: -HOUR, max: 0 }),
        fc.integer({ min: 0, max: 5 * MINUTE }),
        fc.integer({ min: 0, max: 4 * HOUR }),
      ),
      clockError: fc.integer({ min: -2 * MINUTE, max: 2 * MINUTE }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      plan: fc.record({
        clockError: fc.oneof(fc.constant(0), fc.integer({ min: -3 * HOUR, max: 3 * HOUR })),
        lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 * MINUTE })),
        crashAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
        refuseEvery: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 })),
        pages: fc.oneof(fc.constant(1_000_000), fc.integer({ min: 1, max: 80 })),
      }),
      afterMs: fc.integer({ min: 0, max: 2 * MINUTE }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outage' as const), minutes: fc.integer({ min: 2, max: 90 }) }) },
)

/** Lets time pass until everything is due, and runs the sweep as often as its work needs. */
async function heal(world: TimerWorld, sweep: (deps: SweepTimersDeps) => SweepTimers): Promise<void> {
  for (let round = 0; round < 12; round++) {
    world.pass(HOUR)
    await world.run(sweep)
  }
}

/**
 * Checks a sweep in generated histories: after all that went wrong, each timer fired, none fired twice but in a run that
 * failed or right after it, and none fired ahead of time by a right clock without its delay.
 */
export function assertFiresAll(sweep: (deps: SweepTimersDeps) => SweepTimers, numRuns: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const world = timerWorld()
      await world.run(sweep)
      for (const [index, one] of steps.entries()) {
        if (one.do === 'write') {
          world.write({ id: `timer-${index}`, dueAt: world.now() + one.dueInMs, message: '' }, one.clockError)
        } else if (one.do === 'outage') {
          world.pass(one.minutes * MINUTE)
        } else {
          world.pass(one.afterMs)
          await world.run(sweep, one.plan)
        }
      }
      await heal(world, sweep)
      expect([...world.stored.keys()]).toEqual([])
      const counts = world.set.map(({ id }) => world.fired.get(id)?.length ?? 0)
      expect(Math.min(1, ...counts)).toBe(1)
      expect(Math.max(0, ...counts)).toBeLessThanOrEqual(1 + world.flawedRuns())
      const repeats = counts.reduce((sum, count) => sum + count, 0) - counts.length
      // A run that dies may repeat a page of each of the four buckets that it works on.
      expect(repeats).toBeLessThanOrEqual(world.flawedRuns() * 8)
    }),
    { numRuns },
  )
}
