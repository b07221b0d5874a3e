import { isRefusal } from '../../aws/call-errors.ts'
import { conditionalWrite } from '../../data/conditional-write.ts'
import { AppError } from '../../errors.ts'
import { neverPasses } from '../algorithms/algorithm.ts'
import { type Counters, chargeInput, chargeOf, judge, type Link, planCharge } from './counter.ts'
import { pause } from './look.ts'
import { deny, denyForGood, knownDenial, PASSED, type Ruling } from './ruling.ts'

/** One, and one for each way in which what was last seen may be wrong. */
const MAX_WRITES = 4

/**
 * Decides about one counter by one write: its condition is the limit. It is never sent again as it was: what may have
 * charged would charge twice. Only a refusal, which charged nothing, is followed by another write, and only when the
 * item that came with it would let the cost pass. All of it is decided for one moment.
 *
 * @throws AppError when DynamoDB can't say: then it may have charged.
 */
export async function decideOne(counters: Counters, link: Link, signal: AbortSignal): Promise<Ruling> {
  const { now, sights } = counters
  const { policy, pk, cost } = link
  const asked = { policy, cost, now: now() }
  const denial = knownDenial(counters, pk, asked)
  let seen = sights.get(pk)
  if (neverPasses(asked)) return denyForGood(denial ?? seen?.item ?? {}, asked)
  if (denial) return deny(counters, pk, { asked, item: denial, isCached: true, isReal: true })

  for (let writes = 0; writes < MAX_WRITES; writes++) {
    const plan = planCharge(seen, asked)
    const input = chargeInput(counters.tableName, link, { plan, now: asked.now })
    const written = await writeOnce(counters, input, signal)
    if (written === 'conflict') continue
    const { outcome, item = {} } = written
    seen = { item, at: asked.now }
    sights.set(pk, seen)
    if (outcome === 'written') {
      const after = judge(item, { ...asked, cost: 0 })
      return { ...after, ...PASSED, charges: [chargeOf(link, plan, plan.amount)] }
    }
    const verdict = judge(item, asked)
    if (!verdict.allowed) return deny(counters, pk, { asked, item, isCached: false, isReal: true })
  }
  throw new AppError('conflict', `The counter changed during each of ${MAX_WRITES} writes`, { retryable: true })
}

type Input = ReturnType<typeof chargeInput>

/** A transaction that is in the way refuses the write before it does anything: that is no unknown outcome. */
async function writeOnce(counters: Counters, input: Input, signal: AbortSignal) {
  try {
    return await conditionalWrite(counters.client, { operation: 'UpdateItem', input }, { signal, once: true })
  } catch (error) {
    if (!isConflict(error)) throw error
    await pause(counters, signal)
    return 'conflict'
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof AppError && isRefusal(error.cause, 'TransactionConflictException')
}
