import { putOverride } from '../../../functions/rate-limiter/policies/put-override.ts'
import { createOverrideStore } from '../../../functions/rate-limiter/store/overrides.ts'
import { createSettle } from '../../../functions/shared/resilience/settle.ts'
import { sleep } from '../../../functions/shared/resilience/timer.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { cancellation, clientOf } from '../../support/fake-dynamodb.ts'
import { aPolicy, TENANT } from '../a-policy.ts'

const { signal } = new AbortController()

/** As many writes as a tenant has in a second, unless the settings say otherwise. */
const WRITERS = 50
const TRANSACTION_MS = 20

/** The place in the transaction of the policy's item, in which all of its overrides are counted. */
const POLICY_ITEM = 1

function seeded(start: number): () => number {
  let seed = start
  return () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
}

/**
 * Gives many subjects limits of their own at once, over a table whose transactions take a while, and are cancelled if
 * another one is writing the policy's item.
 */
async function giveAtOnce(random: () => number): Promise<unknown[]> {
  const { startTimer, advance } = fakeClock()
  let [isBusy, overrides] = [false, 0]
  const client = clientOf(async (operation) => {
    if (operation !== 'TransactWriteItems') return {}
    if (isBusy) throw cancellation(2, { code: 'TransactionConflict', item: POLICY_ITEM })
    isBusy = true
    await sleep({ ms: TRANSACTION_MS, signal, startTimer })
    isBusy = false
    overrides++
    return {}
  })
  const put = putOverride({
    read: async () => aPolicy({}, { overrides }),
    store: createOverrideStore({ client, tableName: 'limits', newToken: () => 'token' }),
    settle: createSettle({ random, startTimer }),
  })
  const subjects = Array.from({ length: WRITERS }, (_, index) => `user:${index}`)
  const outcomes = Promise.allSettled(
    subjects.map((subject) =>
      put({ tenant: TENANT, override: { subject, policy: 'writes', limit: 1 }, onlyIfAbsent: false }, signal),
    ),
  )
  await advance(10_000)
  return outcomes
}

test('many who give subjects of one policy limits at once all succeed', async () => {
  const created = Array.from({ length: WRITERS }, () => ({ status: 'fulfilled', value: 'created' }))
  for (let seed = 1; seed <= 10; seed++) expect(await giveAtOnce(seeded(seed * 7919))).toEqual(created)
})
