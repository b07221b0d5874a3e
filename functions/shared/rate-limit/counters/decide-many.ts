import { transact } from '../../data/transact.ts'
import { AppError } from '../../errors.ts'
import { randomPause } from '../../resilience/timer.ts'
import type { ChargePlan } from '../algorithms/types.ts'
import { type CounterCheck, type Counters, chargeInput, chargeOf, judge, MAX_PAUSE_MS, planCharge } from './counter.ts'
import { readUndecided } from './read-counters.ts'
import { addUp, type CompoundCheck, combine, judgeCheck, type Reading, type SummedCheck } from './summed-checks.ts'
import { ALLOWED, type CounterVerdict } from './verdict.ts'

const MAX_TRIES = 3

/**
 * Decides checks of several counters: all are charged, or none.
 *
 * - The counters are read first, consistently. A counter that denies then is a denial at that time, and nothing is
 *   written; the others' counters tell whether they alone would pass.
 * - If all allow, one transaction charges them, each under its own algorithm's condition: a change since the read makes
 *   it fail as a whole. A cancelled transaction charged nothing, so that it may be tried again, after another read.
 * - Each transaction is sent once: if no answer comes, it may have charged.
 * - Checks of the same counter add up: each is judged with all before it.
 *
 * @throws AppError when DynamoDB fails, or when three transactions conflict with other writes.
 */
export async function decideMany(
  counters: Counters,
  checks: readonly CompoundCheck[],
  signal: AbortSignal,
): Promise<readonly CounterVerdict[]> {
  const summed = addUp(checks)
  const charged = sumsOf(summed)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const items = await readUndecided(counters, summed, signal)
    const at = counters.now()
    const verdicts = summed.map((parts) => combine(parts.map((part) => judgeCheck(counters, part, { items, at }))))
    if (verdicts.some(({ allowed }) => !allowed) || charged.length === 0) return verdicts
    const writes = charged.map((sum) => {
      const item = items.get(sum.pk)?.item ?? {}
      const plan = planCharge({ item, at }, { policy: sum.policy, cost: sum.cost, now: at })
      return { pk: sum.pk, plan, input: chargeInput(counters.tableName, sum, { plan, now: at }) }
    })
    const inputs = writes.map(({ input }) => input)
    if (await chargeAll(counters, inputs, signal)) {
      const plans = new Map(writes.map(({ pk, plan }) => [pk, plan]))
      return summed.map((parts) =>
        combine(parts.map((part) => chargedVerdict(part, { items, at }, plans.get(part.pk)))),
      )
    }
  }
  throw new AppError('conflict', `Others were in the way of ${MAX_TRIES} transactions`, { retryable: true })
}

/** Returns one write for each counter: the last check that charges a counter knows the sum. */
function sumsOf(checks: readonly SummedCheck[][]): CounterCheck[] {
  const sums = new Map<string, CounterCheck>()
  for (const check of checks.flat()) if (!check.peek) sums.set(check.pk, { ...check, cost: check.charged })
  return [...sums.values()]
}

/** Returns a check's verdict after the transaction. If a counter was charged for several checks, each has its own part. */
function chargedVerdict(check: SummedCheck, { items, at }: Reading, plan: ChargePlan | undefined): CounterVerdict {
  const { policy, pk, cost, charged, peek } = check
  const item = { ...items.get(pk)?.item, ...(plan && { [plan.attribute]: { N: plan.value } }) }
  const after = judge(item, { policy, cost: 0, now: at })
  const planOf = (sum: number) => planCharge(undefined, { policy, cost: sum, now: at })
  const amount = BigInt(planOf(charged).amount) - BigInt(planOf(charged - cost).amount)
  // The tokens of a part refill sooner than all of them.
  const { until } = planOf(cost)
  const own = plan && { attribute: plan.attribute, amount: String(amount), until }
  const charges = peek || !own ? [] : [chargeOf(check, own, { ...after, at })]
  return { ...after, ...ALLOWED, charges }
}

type Input = ReturnType<typeof chargeInput>

/** @returns whether all was written; if not, nothing was. */
async function chargeAll(counters: Counters, inputs: readonly Input[], signal: AbortSignal): Promise<boolean> {
  const items = inputs.map((Update) => ({ Update }))
  const { outcome } = await transact(counters.client, { items }, { signal, once: true })
  if (outcome === 'written') return true
  await randomPause({ ...counters, maxMs: MAX_PAUSE_MS, signal })
  return false
}
