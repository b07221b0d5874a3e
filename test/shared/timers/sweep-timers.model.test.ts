import { sweepTimers } from '../../../functions/shared/timers/sweep-timers.ts'
import { type Mistake, naiveSweep } from './naive-sweep.ts'
import { assertFiresAll } from './timer-model.ts'

/** Hundreds of histories take their time on a busy machine, and more under mutation. */
const TIMEOUT_MS = 120_000

test(
  'no timer is skipped, nor repeated but after a failure, over crashes, missed runs, refusals and wrong clocks',
  () => assertFiresAll(sweepTimers, 600),
  TIMEOUT_MS,
)

test(
  'a second sweep keeps to it too: what the model finds below are the mistakes',
  () => assertFiresAll((deps) => naiveSweep(deps), 200),
  TIMEOUT_MS,
)

test.each<Mistake>([
  'looks only at the current minute',
  'trusts its own clock alone',
  'passes a minute in which a timer was refused',
  'passes a minute that it had no time for',
  'passes a minute as soon as it is over',
  'removes timers before they are accepted',
  'never removes timers',
  'reads only the first page',
  'reads only the first shard',
])(
  'the model finds a sweep that %s',
  async (mistake) => {
    await expect(assertFiresAll((deps) => naiveSweep(deps, mistake), 2000)).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)
