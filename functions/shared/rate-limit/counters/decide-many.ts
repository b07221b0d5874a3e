import { transact } from '../../data/transact.ts'
import { AppError } from '../../errors.ts'
import type { Plan } from '../algorithms/types.ts'
import { type Counters, chargeInput, chargeOf, judge, type Link, planCharge } from './counter.ts'
import { type Ask, addUp, combine, type Group, look, type Moment, pause, rule } from './look.ts'
import { PASSED, type Ruling } from './ruling.ts'

const MAX_TRIES = 3

/**
 * Decides about several counters: all are charged, or none.
 *
 * - They are read first, consistently. One that says no then is a denial at that moment, and nothing is written; the
 *   others' counters say whether they alone would pass.
 * - Do all say yes, one transaction charges them, each under its own algorithm's condition: what changed since the read
 *   makes it fail as a whole. A cancelled transaction charged nothing, so that it may be tried again, after another read.
 * - It is sent once each time: where no answer comes, it may have charged.
 * - Who asks the same counter twice asks for the sum: each is judged with all before it.
 *
 * @throws AppError when DynamoDB can't say, or after three tries that others were in the way of.
 */
export async function decideMany(
  counters: Counters,
  groups: readonly Group[],
  signal: AbortSignal,
): Promise<readonly Ruling[]> {
  const asks = addUp(groups)
  const charged = sumsOf(asks)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const seen = await look(counters, asks, signal)
    const at = counters.now()
    const rulings = asks.map((group) => combine(group.map((ask) => rule(counters, ask, { seen, at }))))
    if (rulings.some(({ allowed }) => !allowed) || charged.length === 0) return rulings
    const writes = charged.map((link) => {
      const item = seen.get(link.pk)?.item ?? {}
      const plan = planCharge({ item, at }, { policy: link.policy, cost: link.cost, now: at })
      return { pk: link.pk, plan, input: chargeInput(counters.tableName, link, { plan, now: at }) }
    })
    const inputs = writes.map(({ input }) => input)
    if (await chargeAll(counters, inputs, signal)) {
      const plans = new Map(writes.map(({ pk, plan }) => [pk, plan]))
      return asks.map((group) => combine(group.map((ask) => charge(ask, { seen, at }, plans.get(ask.pk)))))
    }
  }
  throw new AppError('conflict', `Others were in the way of ${MAX_TRIES} transactions`, { retryable: true })
}

/** One write a counter: the last link that charges it knows the sum. */
function sumsOf(asks: readonly Ask[][]): Link[] {
  const sums = new Map<string, Link>()
  for (const ask of asks.flat()) if (!ask.peek) sums.set(ask.pk, { ...ask, cost: ask.charged })
  return [...sums.values()]
}

/** A link after the transaction. Of a counter that was charged for several, each link has its own part. */
function charge(ask: Ask, { seen, at }: Moment, plan: Plan | undefined): Ruling {
  const { policy, pk, cost, charged, peek } = ask
  const item = { ...seen.get(pk)?.item, ...(plan && { [plan.attribute]: { N: plan.value } }) }
  const after = judge(item, { policy, cost: 0, now: at })
  const planOf = (sum: number) => planCharge(undefined, { policy, cost: sum, now: at })
  const amount = BigInt(planOf(charged).amount) - BigInt(planOf(charged - cost).amount)
  // A part's tokens are there again sooner than all of them.
  const { until } = planOf(cost)
  const charges = peek || !plan ? [] : [chargeOf(ask, { ...plan, until }, String(amount))]
  return { ...after, ...PASSED, charges }
}

type Input = ReturnType<typeof chargeInput>

/** @returns whether it is done; if not, nothing was. */
async function chargeAll(counters: Counters, inputs: readonly Input[], signal: AbortSignal): Promise<boolean> {
  const items = inputs.map((Update) => ({ Update }))
  const { outcome } = await transact(counters.client, { items }, { signal, once: true })
  if (outcome === 'written') return true
  await pause(counters, signal)
  return false
}
