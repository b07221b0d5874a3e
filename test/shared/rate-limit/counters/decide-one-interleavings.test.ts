import fc from 'fast-check'
import type { Snapshot } from '../../../../functions/shared/rate-limit/algorithms/types.ts'
import type { CounterCheck } from '../../../../functions/shared/rate-limit/counters/counter.ts'
import { decideOne } from '../../../../functions/shared/rate-limit/counters/decide-one.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { outcomeOf } from '../../resilience/operations.ts'
import { createWorld, type Fate } from '../support/bad-network.ts'
import { type Charged, firstBreach, mayPass } from '../support/oracle.ts'

// Several callers in several environments, on one counter, with all that can happen to a write in between; judged by
// the true list of charges.

const START = 100_000
const PK = 'Q#p#subject'
const { signal } = new AbortController()
const ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket'] as const

/** Sights that never were: a hint is nothing that anybody may rely on. */
const snapshots: fc.Arbitrary<Snapshot | undefined> = fc.option(
  fc.record({
    at: fc.integer({ min: START - 1500, max: START + 1500 }),
    item: fc.record({
      m_99: fc.record({ N: fc.nat(8).map(String) }),
      m_100: fc.record({ N: fc.nat(8).map(String) }),
      tat: fc.record({ N: fc.integer({ min: START - 500, max: START + 2500 }).map((ms) => `${ms}000000000000`) }),
    }),
  }),
  { nil: undefined },
)
interface Scenario {
  limit: number
  burst: number
  callers: { cost: number; environment: number; waits: boolean }[]
  steps: number[]
  hints: (Snapshot | undefined)[]
}
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  limit: fc.integer({ min: 3, max: 7 }),
  burst: fc.integer({ min: 3, max: 7 }),
  callers: fc.array(fc.record({ cost: fc.integer({ min: 1, max: 3 }), environment: fc.nat(2), waits: fc.boolean() }), {
    minLength: 2,
    maxLength: 9,
  }),
  steps: fc.array(fc.constantFrom(0, 0, 0, 1, 143, 300, 999), { minLength: 1, maxLength: 30 }),
  hints: fc.tuple(snapshots, snapshots, snapshots),
})
const faults = fc.array(
  fc.constantFrom<Fate>('works', 'works', 'is lost', 'loses its answer', 'comes late', 'conflicts'),
  { minLength: 1, maxLength: 12 },
)
const SKEWS = [0, 0, 0]

interface Run {
  scenario: Scenario
  fates: readonly Fate[]
  skews: readonly number[]
}

/** Each caller's outcome, and what was charged for it. */
async function simulate(scheduler: fc.Scheduler, policy: WindowPolicy, { scenario, fates, skews }: Run) {
  const { callers, steps, hints } = scenario
  let [stepped, met] = [0, 0]
  const world = createWorld({
    policy,
    scheduler,
    start: START,
    nextStepMs: () => steps[stepped++ % steps.length] ?? 0,
    nextFate: () => fates[met++ % fates.length] ?? 'works',
  })
  const refusals: { charged: Charged; before: Charged[]; caller: number }[] = []
  world.onRefusal = ([charged], caller) => {
    if (charged) refusals.push({ charged, before: [...world.log], caller })
  }
  const environments = hints.map((hint) => {
    const environment = world.environment()
    if (hint) environment.snapshots.set(PK, hint)
    return environment
  })
  let last: Promise<unknown> = Promise.resolve()
  const outcomes = callers.map(({ cost, environment: number, waits }, caller) => {
    const environment = environments[number] ?? world.environment()
    const counters = world.counters({ caller, environment, skewMs: skews[number] ?? 0 })
    const counterCheck: CounterCheck = { policy, subject: 'subject', pk: PK, cost, peek: false }
    const decide = () => outcomeOf(decideOne(counters, counterCheck, signal))
    last = waits ? last.then(decide) : decide()
    return last as ReturnType<typeof outcomeOf>
  })
  await scheduler.waitFor(Promise.all(outcomes))
  await scheduler.waitAll()
  const results = await Promise.all(outcomes)
  return {
    log: world.log,
    refusals,
    decisions: results.map((outcome, caller) => {
      const verdict = 'value' in outcome ? (outcome.value as Awaited<ReturnType<typeof decideOne>>) : undefined
      const charges = world.log.filter((each) => each.caller === caller)
      return { caller, verdict, error: 'error' in outcome ? outcome.error : undefined, charges }
    }),
  }
}

const property =
  (algorithm: WindowPolicy['algorithm'], faulty: fc.Arbitrary<readonly Fate[]>, skews = SKEWS) =>
  (check: (policy: WindowPolicy, run: Awaited<ReturnType<typeof simulate>>) => void) =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), scenarios, faulty, async (scheduler, scenario, fates) => {
        const { limit, burst } = scenario
        const policy: WindowPolicy = { name: 'p', algorithm, limit, burst, windowMs: 1000 }
        check(policy, await simulate(scheduler, policy, { scenario, fates, skews }))
      }),
      { numRuns: 300 },
    )
const works = fc.constant<readonly Fate[]>(['works'])

describe.each(ALGORITHMS)('%s', (algorithm) => {
  /** @proves rate-limiter/exact-limit */
  test('whatever comes in between and gets lost, never more is charged than it guarantees', async () => {
    await property(algorithm, faults)((policy, { log }) => expect(firstBreach(policy, log)).toBeUndefined())
  })

  /** @proves rate-limiter/clocks-apart */
  test('the same holds by the clocks of those who decide, when these are up to 500 ms apart', async () => {
    await property(
      algorithm,
      faults,
      [0, 500, 230],
    )((policy, { log }) => {
      expect(firstBreach(policy, log)).toBeUndefined()
    })
  })

  test('who is allowed was charged once, who is denied was not, and who knows nothing at most once', async () => {
    await property(
      algorithm,
      faults,
    )((_, { decisions }) => {
      for (const { verdict, charges } of decisions) {
        if (verdict) expect(charges).toHaveLength(verdict.allowed ? 1 : 0)
        else expect(charges.length).toBeLessThanOrEqual(1)
      }
    })
  })

  test('who is denied by the table would have broken the guarantee, and no decision fails without a fault', async () => {
    await property(
      algorithm,
      works,
    )((policy, { decisions, refusals }) => {
      for (const { caller, verdict, error } of decisions) {
        // Time runs wildly here: what takes too long is no fault of the limiter's.
        if (error) expect(error).toMatchObject({ message: 'outdated' })
        if (!verdict || verdict.allowed || verdict.source === 'cache') continue
        const last = refusals.findLast((refusal) => refusal.caller === caller)
        if (!last) throw new Error('It was denied without a refusal.')
        // A bucket's rounding may keep a token back for a millisecond.
        const at = last.charged.at - (algorithm === 'token-bucket' ? 1 : 0)
        expect(mayPass(policy, last.before, { ...last.charged, at })).toBe(false)
      }
    })
  })
})

test('a fixed window that is offered more than its limit admits exactly that', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), scenarios, async (scheduler, scenario) => {
      const { limit } = scenario
      const callers = Array.from({ length: limit + 3 }, (_, index) => ({
        cost: 1,
        environment: index % 3,
        waits: false,
      }))
      const policy: WindowPolicy = { name: 'p', algorithm: 'fixed-window', limit, windowMs: 1000 }
      const run = { scenario: { ...scenario, callers, steps: [0] }, fates: ['works' as const], skews: SKEWS }
      const { decisions } = await simulate(scheduler, policy, run)
      expect(decisions.filter(({ verdict }) => verdict?.allowed)).toHaveLength(limit)
    }),
  )
})
