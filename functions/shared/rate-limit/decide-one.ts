import { AwsError } from '../aws/aws-error.ts'
import { conditionalWrite, type Item } from '../data/conditional-write.ts'
import { AppError } from '../errors.ts'
import { sleep } from '../resilience/timer.ts'
import type { Asked } from './algorithm.ts'
import {
  blockedBy,
  type Counters,
  chargeInput,
  chargeOf,
  judge,
  type Link,
  planCharge,
  type Ruling,
} from './counter.ts'

/** One, and one for each way in which what was last seen may be wrong. */
const MAX_WRITES = 4
/** What a transaction takes that is in the way. */
const MAX_PAUSE_MS = 10

/**
 * Decides about one counter by one write: its condition is the limit. It is never sent again as it was: what may have
 * charged would charge twice. Only a refusal, which charged nothing, is followed by another write, and only when the
 * item that came with it would let the cost pass. All of it is decided for one moment.
 *
 * @throws AppError when DynamoDB can't say: then it may have charged.
 */
export async function decideOne(counters: Counters, link: Link, signal: AbortSignal): Promise<Ruling> {
  const { now, sights, denials } = counters
  const { policy, pk, cost } = link
  const asked = { policy, cost, now: now() }
  const denial = denials.find(pk, asked)
  let seen = sights.get(pk)
  const known = judge(denial ?? seen?.item ?? {}, asked)
  // An empty counter denies what never passes.
  if (denial || !judge({}, asked).allowed) return { ...known, allowed: false, ...UNCHARGED, source: 'cache' }

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
      return { ...after, ...PASSED, source: 'store', charges: [chargeOf(link, plan, plan.amount)], blocks: [] }
    }
    const verdict = judge(item, asked)
    if (!verdict.allowed) return deny(counters, link, { asked, item })
  }
  throw new AppError('conflict', `The counter changed during each of ${MAX_WRITES} writes`, { retryable: true })
}

const UNCHARGED = { charges: [], blocks: [] } as const
/** Whatever the item says since: what was charged may pass. */
export const PASSED = { allowed: true, retryAfterMs: 0 } as const

/** A denial as the item tells it, kept for those who ask again. */
export function deny(counters: Counters, link: Link, seen: { asked: Asked; item: Item }): Ruling {
  const { asked, item } = seen
  const never = judge({}, asked).retryAfterMs === null
  const blocked = link.peek || never ? undefined : blockedBy(item, asked)
  const verdict = judge(blocked ?? item, asked)
  const { retryAfterMs } = verdict
  counters.denials.keep(link.pk, { item: blocked ?? item, cost: asked.cost, at: asked.now, retryAfterMs })
  const blocks = blocked ? [{ policy: link.policy, pk: link.pk, at: asked.now }] : []
  return { ...verdict, source: 'store', charges: [], blocks }
}

type Input = ReturnType<typeof chargeInput>

/** A transaction that is in the way refuses the write before it does anything: that is no unknown outcome. */
async function writeOnce({ dynamodb, random, startTimer }: Counters, input: Input, signal: AbortSignal) {
  try {
    return await conditionalWrite(dynamodb, { operation: 'UpdateItem', input }, { signal, once: true })
  } catch (error) {
    if (!isConflict(error)) throw error
    await sleep({ ms: random() * MAX_PAUSE_MS, signal, startTimer })
    signal.throwIfAborted()
    return 'conflict'
  }
}

function isConflict(error: unknown): boolean {
  return (
    error instanceof AppError && error.cause instanceof AwsError && error.cause.code === 'TransactionConflictException'
  )
}
