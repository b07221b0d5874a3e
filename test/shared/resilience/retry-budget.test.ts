import fc from 'fast-check'
import { retry } from '../../../functions/shared/resilience/retry.ts'
import {
  type RetryBudget,
  type RetryBudgetOptions,
  retryBudget,
} from '../../../functions/shared/resilience/retry-budget.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { outcomeOf, transientError } from './operations.ts'

/** The timeout of the properties, which are slow on a busy machine, and slower under mutation. */
const TIMEOUT_MS = 120_000

type NewBudget = (options: RetryBudgetOptions) => RetryBudget

function budgetOf(options: Partial<RetryBudgetOptions>) {
  const clock = fakeClock()
  return { clock, budget: retryBudget({ ratio: 0, perSecond: 0, reserve: 0, now: clock.now, ...options }) }
}

/** Takes all retries that are available now, and returns their number; at most 100. */
function drain(budget: RetryBudget): number {
  let retries = 0
  while (retries < 100 && budget.withdraw()) retries++
  return retries
}

test('the reserve is there from the start, and once', () => {
  const { budget } = budgetOf({ reserve: 3 })
  expect([drain(budget), drain(budget)]).toEqual([3, 0])
})

test('ten requests at a ratio of a tenth earn exactly one retry', () => {
  const { budget } = budgetOf({ ratio: 0.1, reserve: 1 })
  drain(budget)
  for (let request = 0; request < 9; request++) budget.deposit()
  expect(budget.withdraw()).toBe(false)
  budget.deposit()
  expect([budget.withdraw(), budget.withdraw()]).toEqual([true, false])
})

test('time earns retries for a client with few requests', async () => {
  const { budget, clock } = budgetOf({ perSecond: 2, reserve: 10 })
  drain(budget)
  await clock.advance(499)
  expect(budget.withdraw()).toBe(false)
  await clock.advance(1)
  expect(drain(budget)).toBe(1)
  await clock.advance(3000)
  expect(drain(budget)).toBe(6)
})

test.each([
  ['requests', { ratio: 1 }],
  ['time', { perSecond: 1 }],
])('%s save up no more than the reserve', async (_, options) => {
  const { budget, clock } = budgetOf({ reserve: 2, ...options })
  for (let request = 0; request < 50; request++) budget.deposit()
  await clock.advance(50_000)
  expect(drain(budget)).toBe(2)
})

test('a clock that is set back earns nothing and takes nothing away', async () => {
  const { budget, clock } = budgetOf({ perSecond: 1, reserve: 2 })
  drain(budget)
  clock.set(clock.now() - 3_600_000)
  expect(drain(budget)).toBe(0)
  await clock.advance(1000)
  expect(drain(budget)).toBe(1)
})

test.each(['ratio', 'perSecond', 'reserve'])('a negative %s is refused', (name) => {
  expect(() => budgetOf({ [name]: -0.1 })).toThrow(new RangeError(`${name} is -0.1: it must be from 0 to 1000.`))
})

const settings = fc.record({
  ratio: fc.double({ min: 0, max: 1, noNaN: true }),
  perSecond: fc.double({ min: 0, max: 5, noNaN: true }),
  reserve: fc.integer({ min: 0, max: 10 }),
})

type Step = 'request' | 'retry' | number
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Step>('request', 'retry') },
    { weight: 1, arbitrary: fc.nat({ max: 20_000 }) },
  ),
  { maxLength: 60 },
)

/** The promise, for every span of time: it may begin when much was saved up, and just before a burst. */
async function assertBoundOverSpans(newBudget: NewBudget, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(settings, steps, async ({ ratio, perSecond, reserve }, sequence) => {
    const clock = fakeClock()
    const budget = newBudget({ ratio, perSecond, reserve, now: clock.now })
    // The surplus over what was earned, of the worst span that ends here: the algorithm of the largest sum of a run.
    let worst = 0
    let most = 0
    for (const step of sequence) {
      if (typeof step === 'number') {
        await clock.advance(step)
        worst = Math.max(0, worst - (perSecond * step) / 1000)
      } else if (step === 'request') {
        budget.deposit()
        worst = Math.max(0, worst - ratio)
      } else if (budget.withdraw()) {
        worst += 1
      }
      most = Math.max(most, worst)
    }
    // Tokens are millionths: rounded by half of one for each request.
    expect(most).toBeLessThanOrEqual(reserve + 1e-4)
  })
  await fc.assert(property, { numRuns })
}

/** The same promise for operations that run at once: their tries and pauses end in any order. All of them fail. */
async function assertBoundOverInterleavings(newBudget: NewBudget, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(
    fc.scheduler(),
    settings,
    fc.integer({ min: 1, max: 12 }),
    async (scheduler, { ratio, reserve }, requests) => {
      const budget = newBudget({ ratio, reserve, perSecond: 0, now: () => 0 })
      const startTimer = (callback: () => void) => {
        scheduler.schedule(Promise.resolve(), 'pause').then(callback)
        return () => undefined
      }
      const policy = retry({ maxAttempts: 5, baseMs: 100, capMs: 100, budget, startTimer, random: () => 1 })
      let calls = 0
      const call = scheduler.scheduleFunction(async () => {
        calls++
        throw transientError()
      })
      const all = Promise.all(Array.from({ length: requests }, () => outcomeOf(policy(() => call()))))
      await scheduler.waitFor(all)
      expect(calls - requests).toBeLessThanOrEqual(ratio * requests + reserve + 1e-4)
    },
  )
  await fc.assert(property, { numRuns })
}

test(
  'in any span of time: retries <= reserve + ratio * requests + perSecond * seconds',
  async () => {
    await assertBoundOverSpans(retryBudget, 1000)
  },
  TIMEOUT_MS,
)

test(
  'in any interleaving of operations: retries <= ratio * requests + reserve',
  async () => {
    await assertBoundOverInterleavings(retryBudget, 1000)
  },
  TIMEOUT_MS,
)

/** Budgets with the faults that one would make; the properties must find each. */
const withoutLimit: NewBudget = (options) => retryBudget({ ...options, reserve: options.reserve + 50 })
const earningByRetries: NewBudget = (options) => {
  const budget = retryBudget(options)
  return {
    deposit: budget.deposit,
    withdraw() {
      budget.deposit()
      return budget.withdraw()
    },
  }
}
const checkingTooLate: NewBudget = (options) => {
  const budget = retryBudget(options)
  let last = true
  return {
    deposit: budget.deposit,
    withdraw() {
      const allowed = last
      last = budget.withdraw()
      return allowed
    },
  }
}
const savingForEver: NewBudget = (options) => {
  const budget = retryBudget({ ...options, reserve: 1000 })
  for (let retry = 0; retry < 1000 - options.reserve; retry++) budget.withdraw()
  return budget
}

test.each([
  ['saves up without a limit', withoutLimit],
  ['earns by retries, not only by requests', earningByRetries],
  ['checks after the retry', checkingTooLate],
  ['never forgets what it saved', savingForEver],
])(
  'the property of spans finds a budget that %s',
  async (_, broken) => {
    await expect(assertBoundOverSpans(broken, 1000)).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)

test.each([
  ['saves up without a limit', withoutLimit],
  ['earns by retries, not only by requests', earningByRetries],
  ['checks after the retry', checkingTooLate],
])(
  'the property of interleavings finds a budget that %s',
  async (_, broken) => {
    await expect(assertBoundOverInterleavings(broken, 1000)).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)
