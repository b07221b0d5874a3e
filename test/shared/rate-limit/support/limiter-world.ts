import { createLimiter } from '../../../../functions/shared/rate-limit/limiter.ts'
import type { Check, WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { fakeClock } from '../../../support/fake-clock.ts'
import { clientOf, type DynamoDBCall } from '../../../support/fake-dynamodb.ts'
import { counterTable } from './counter-table.ts'

/** A minute's start. */
export const START = 1_800_000_000_000
export const PER_MINUTE: WindowPolicy = { name: 'writes', algorithm: 'fixed-window', limit: 10, windowMs: 60_000 }

const { signal } = new AbortController()

/** Environments with one table and one clock; `fail` stands between them and the table. */
export function limiterWorld() {
  const clock = fakeClock(START)
  const table = counterTable()
  const degraded: { policy: string; error: unknown }[] = []
  let fail: DynamoDBCall | undefined
  let seed = 1
  const dynamodb = ((operation, input, options) => (fail ?? table.dynamodb)(operation, input, options)) as DynamoDBCall
  const environment = () =>
    createLimiter({
      client: clientOf(dynamodb),
      tableName: 'limits',
      now: clock.now,
      // Park and Miller's, so that each run is the same.
      random: () => {
        seed = (seed * 16_807) % 2_147_483_647
        return seed / 2_147_483_647
      },
      startTimer: clock.startTimer,
      onDegraded: (event) => degraded.push(event),
    })
  const limit = environment()
  return {
    clock,
    table,
    degraded,
    environment,
    limit: (...checks: Check[]) => limit(checks, signal),
    decide: async (policy: WindowPolicy, more: Partial<Check> = {}, by = limit) => {
      const { decisions } = await by([{ policy, subject: 'user', ...more }], signal)
      const [decision] = decisions
      if (!decision) throw new Error('There is no decision.')
      return decision
    },
    failWith: (dynamodb: DynamoDBCall | undefined) => {
      fail = dynamodb
    },
    writes: () => (table.calls.UpdateItem ?? 0) + (table.calls.TransactWriteItems ?? 0),
    calls: () => Object.values(table.calls).reduce((sum, calls) => sum + calls, 0),
  }
}
