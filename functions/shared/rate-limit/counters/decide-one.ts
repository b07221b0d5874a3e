import { isRefusal } from '../../aws/call-errors.ts'
import { conditionalWrite } from '../../data/conditional-write.ts'
import { AppError } from '../../errors.ts'
import { randomPause } from '../../resilience/timer.ts'
import { neverPasses } from '../algorithms/algorithm.ts'
import { type CounterCheck, type Counters, chargeInput, chargeOf, judge, MAX_PAUSE_MS, planCharge } from './counter.ts'
import { ALLOWED, type CounterVerdict, cachedDenial, deny, denyForGood } from './verdict.ts'

/** The first write, and one for each way in which a snapshot may be wrong. */
const MAX_WRITES = 4

/**
 * Decides a check of one counter by one write, whose condition is the limit. It is never sent again as it was: a write
 * that may have charged would charge twice. Only a refusal, which charged nothing, is followed by another write, and
 * only when the item that came with it would let the cost pass. All writes are decided for one time.
 *
 * @throws AppError when DynamoDB fails: then it may have charged.
 */
export async function decideOne(
  counters: Counters,
  counterCheck: CounterCheck,
  signal: AbortSignal,
): Promise<CounterVerdict> {
  const { now, snapshots } = counters
  const { policy, pk, cost } = counterCheck
  const check = { policy, cost, now: now() }
  const denial = cachedDenial(counters, pk, check)
  let snapshot = snapshots.get(pk)
  if (neverPasses(check)) return denyForGood(denial ?? snapshot?.item ?? {}, check)
  if (denial) return deny(counters, pk, { check, item: denial, isCached: true, mayBlock: true })

  for (let writes = 0; writes < MAX_WRITES; writes++) {
    const plan = planCharge(snapshot, check)
    const input = chargeInput(counters.tableName, counterCheck, { plan, now: check.now })
    const written = await writeOnce(counters, input, signal)
    if (written === 'conflict') continue
    const { outcome, item = {} } = written
    snapshot = { item, at: check.now }
    snapshots.set(pk, snapshot)
    if (outcome === 'written') {
      const after = judge(item, { ...check, cost: 0 })
      return { ...after, ...ALLOWED, charges: [chargeOf(counterCheck, plan, { ...after, at: check.now })] }
    }
    const verdict = judge(item, check)
    if (!verdict.allowed) return deny(counters, pk, { check, item, isCached: false, mayBlock: true })
  }
  throw new AppError('conflict', `The counter changed during each of ${MAX_WRITES} writes`, { retryable: true })
}

type Input = ReturnType<typeof chargeInput>

/** Writes once. A transaction in the way refuses the write before it does anything: that is no unknown outcome. */
async function writeOnce(counters: Counters, input: Input, signal: AbortSignal) {
  try {
    return await conditionalWrite(counters.client, { operation: 'UpdateItem', input }, { signal, once: true })
  } catch (error) {
    if (!isConflict(error)) throw error
    await randomPause({ ...counters, maxMs: MAX_PAUSE_MS, signal })
    return 'conflict'
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof AppError && isRefusal(error.cause, 'TransactionConflictException')
}
