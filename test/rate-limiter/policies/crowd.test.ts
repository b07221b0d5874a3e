import { putOverride } from '../../../functions/rate-limiter/policies/put-override.ts'
import { createSettle } from '../../../functions/rate-limiter/policies/settle.ts'
import { createOverrideStore } from '../../../functions/rate-limiter/store/overrides.ts'
import { type StartTimer, sleep, startTimer } from '../../../functions/shared/resilience/timer.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { cancellation, cancellingClient, clientOf, conflicts } from '../../support/fake-dynamodb.ts'
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
    store: createOverrideStore({ client, tableName: 'limits', newToken: () => 'token', random, startTimer }),
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

test('a transaction of a limit that others are in the way of is sent again, under another token', async () => {
  const { client, tokens } = cancellingClient(conflicts(3, POLICY_ITEM))
  let tries = 0
  const store = createOverrideStore({
    client,
    tableName: 'limits',
    newToken: () => `try-${++tries}`,
    random: () => 0,
    startTimer,
  })
  expect(await store.insert(aPolicy(), { subject: 'a', policy: 'writes', limit: 1 }, signal)).toBe('written')
  expect(tokens).toEqual(['try-1', 'try-2', 'try-3', 'try-4'])
})

describe('a change that loses to others', () => {
  /** A use case's way to settle, whose pauses are recorded and end at once. */
  function settling(random: () => number) {
    const pauses: number[] = []
    const startAtOnce: StartTimer = (callback, ms) => {
      pauses.push(ms)
      return startTimer(callback, 0)
    }
    return { settle: createSettle({ random, startTimer: startAtOnce }), pauses }
  }

  test('is tried again after random pauses that grow, and given up after the seventh try', async () => {
    const { settle, pauses } = settling(() => 0.5)
    await expect(settle(async () => 'raced', signal)).rejects.toMatchObject({ code: 'conflict', retryable: true })
    expect(pauses).toEqual([50, 100, 200, 400, 500, 500])
  })

  test('is not tried again after any other failure', async () => {
    const { settle, pauses } = settling(() => 0)
    const failure = new Error('The table is gone.')
    await expect(settle(() => Promise.reject(failure), signal)).rejects.toBe(failure)
    expect(pauses).toEqual([])
  })
})
