import { circuitBreaker } from '../../../functions/shared/resilience/circuit-breaker.ts'
import { assertKeepsToModel } from './breaker-model.ts'
import { type Mistake, naiveBreaker } from './naive-breaker.ts'

/** Thousands of interleavings take their time on a busy machine, and more under mutation. */
const TIMEOUT_MS = 120_000

test(
  'the breaker keeps to its model in thousands of interleavings',
  async () => {
    await assertKeepsToModel(circuitBreaker, 2000)
  },
  TIMEOUT_MS,
)

test(
  'a second breaker keeps to it too: what the model finds below are the mistakes',
  async () => {
    await assertKeepsToModel((options) => naiveBreaker(options), 1000)
  },
  TIMEOUT_MS,
)

test.each<Mistake>([
  'admits every call while a probe is under way',
  'takes late results of an earlier period',
  'counts calls that were aborted by their caller',
  'keeps its place for a probe that was aborted',
  'remembers the failures of an earlier period',
  'takes an answer that is an error for a failure',
  'never gives up on a failed probe',
  'opens for one call too late',
])(
  'the model finds a breaker that %s',
  async (mistake) => {
    const broken = assertKeepsToModel((options) => naiveBreaker(options, mistake), 3000)
    await expect(broken).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)
