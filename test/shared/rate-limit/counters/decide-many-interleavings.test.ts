import fc from 'fast-check'
import { type CounterCheck, pkOf } from '../../../../functions/shared/rate-limit/counters/counter.ts'
import { decideMany } from '../../../../functions/shared/rate-limit/counters/decide-many.ts'
import { decideOne } from '../../../../functions/shared/rate-limit/counters/decide-one.ts'
import type { CounterVerdict } from '../../../../functions/shared/rate-limit/counters/verdict.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { outcomeOf } from '../../resilience/operations.ts'
import { createWorld, type Fate } from '../support/bad-network.ts'
import { firstBreach } from '../support/oracle.ts'

// Transactions over several counters, with single writes and other transactions in their way.

const START = 100_000
const { signal } = new AbortController()

interface Caller {
  /** A counterCheck each; the same subject twice adds up. */
  checks: { subject: string; cost: number; peek: boolean }[]
  environment: number
}
const callers: fc.Arbitrary<Caller[]> = fc.array(
  fc.record({
    checks: fc.array(
      fc.record({
        subject: fc.constantFrom('a', 'b', 'c'),
        cost: fc.integer({ min: 1, max: 3 }),
        peek: fc.constantFrom(false, false, false, true),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    environment: fc.nat(2),
  }),
  { minLength: 2, maxLength: 7 },
)
const scenarios = fc.record({
  limit: fc.integer({ min: 3, max: 7 }),
  callers,
  steps: fc.array(fc.constantFrom(0, 0, 0, 1, 143, 300), { minLength: 1, maxLength: 30 }),
  algorithm: fc.constantFrom('fixed-window' as const, 'sliding-window' as const, 'token-bucket' as const),
})
type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never
const works = fc.constant<Fate[]>(['works'])
const faults = fc.array(
  fc.constantFrom<Fate>('works', 'works', 'is lost', 'loses its answer', 'comes late', 'conflicts', 'conflicts'),
  { minLength: 1, maxLength: 12 },
)

async function simulate(scheduler: fc.Scheduler, scenario: Scenario, fates: readonly Fate[]) {
  const { limit, steps, algorithm } = scenario
  const policy: WindowPolicy = { name: 'p', algorithm, limit, windowMs: 1000 }
  let [stepped, met] = [0, 0]
  const world = createWorld({
    policy,
    scheduler,
    start: START,
    nextStepMs: () => steps[stepped++ % steps.length] ?? 0,
    nextFate: () => fates[met++ % fates.length] ?? 'works',
  })
  const environments = [0, 1, 2].map(() => world.environment())
  const decide = ({ checks, environment }: Caller, caller: number): Promise<readonly CounterVerdict[]> => {
    const shared = environments[environment] ?? world.environment()
    const counters = world.counters({ caller, environment: shared, skewMs: 0 })
    const counterChecks = checks.map((check): CounterCheck => ({ ...check, policy, pk: pkOf(policy, check.subject) }))
    const [only, ...others] = counterChecks
    if (only && others.length === 0 && !only.peek) return decideOne(counters, only, signal).then((verdict) => [verdict])
    return decideMany(
      counters,
      counterChecks.map((counterCheck) => [counterCheck]),
      signal,
    )
  }
  const outcomes = scenario.callers.map((caller, index) => outcomeOf(decide(caller, index)))
  await scheduler.waitFor(Promise.all(outcomes))
  await scheduler.waitAll()
  const results = await Promise.all(outcomes)
  const decisions = scenario.callers.map(({ checks }, caller) => {
    const result = results[caller]
    const verdicts = result && 'value' in result ? (result.value as readonly CounterVerdict[]) : undefined
    const expected: Record<string, number> = {}
    for (const { subject, cost, peek } of checks) {
      if (!peek) expected[pkOf(policy, subject)] = (expected[pkOf(policy, subject)] ?? 0) + cost
    }
    const charged = world.log.filter((each) => each.caller === caller).map(({ pk, cost }) => [pk, cost])
    const error = result && 'error' in result ? result.error : undefined
    return { verdicts, error, expected, charged: Object.fromEntries(charged), writes: charged.length }
  })
  return { policy, log: world.log, decisions }
}

const property = (fates: fc.Arbitrary<Fate[]>, check: (run: Awaited<ReturnType<typeof simulate>>) => void) =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), scenarios, fates, async (scheduler, scenario, list) => {
      check(await simulate(scheduler, scenario, list))
    }),
    { numRuns: 600 },
  )

/** @proves rate-limiter/exact-limit */
test('no counter is ever charged more than it guarantees', async () => {
  await property(faults, ({ policy, log }) => expect(firstBreach(policy, log)).toBeUndefined())
})

/** @proves rate-limiter/charged-together */
test('all are charged, once, or none is', async () => {
  await property(faults, ({ decisions }) => {
    for (const { verdicts, expected, charged, writes } of decisions) {
      const isAllowed = verdicts?.every(({ allowed }) => allowed)
      if (verdicts) expect(charged).toEqual(isAllowed ? expected : {})
      else expect([{}, expected]).toContainEqual(charged)
      expect(writes).toBeLessThanOrEqual(Object.keys(expected).length)
    }
  })
})

test('each is told what it was charged, which is all that was charged', async () => {
  await property(faults, ({ decisions }) => {
    for (const { verdicts, charged } of decisions) {
      const told: Record<string, number> = {}
      for (const { pk, cost } of verdicts?.flatMap(({ charges }) => charges) ?? []) told[pk] = (told[pk] ?? 0) + cost
      if (verdicts) expect(told).toEqual(charged)
    }
  })
})

test('when nothing is lost, it fails only after three transactions that others were in the way of', async () => {
  await property(works, ({ decisions }) => {
    for (const { error } of decisions) {
      if (error) expect(['Others were in the way of 3 transactions', 'outdated']).toContain((error as Error).message)
    }
  })
})
