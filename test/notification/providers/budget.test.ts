import { createTakeBudget } from '../../../functions/notification/providers/budget.ts'
import type { Check } from '../../../functions/shared/rate-limit/policy.ts'

const { signal } = new AbortController()

/** A limiter that allows each policy's limit once, and counts by policy and subject. */
function given(rates: Record<string, number>) {
  const used = new Map<string, number>()
  const limit = async ([check]: readonly Check[]) => {
    if (!check) throw new Error('No check')
    const key = `${check.policy.name}/${check.subject}`
    const count = (used.get(key) ?? 0) + 1
    const allowed = count <= check.policy.limit
    if (allowed) used.set(key, count)
    return { allowed, decisions: [{ retryAfterMs: allowed ? 0 : 700 }] } as never
  }
  const take = createTakeBudget({ limit, rates })
  const allowed = async (priority: 'critical' | 'normal' | 'bulk', times: number) => {
    let count = 0
    for (let one = 0; one < times; one++) {
      if ((await take({ provider: 'ses', priority }, signal)).isAllowed) count += 1
    }
    return count
  }
  return { take, allowed, used }
}

/** @proves notification/critical-not-behind-bulk */
test('a fifth of the rate is left for what is critical, however much bulk there is', async () => {
  const { allowed } = given({ ses: 10 })
  expect(await allowed('bulk', 100)).toBe(8)
  expect(await allowed('normal', 100)).toBe(0)
  expect(await allowed('critical', 100)).toBe(2)
})

test('what is critical may take all of the rate, and no more', async () => {
  const { allowed } = given({ ses: 14 })
  expect(await allowed('critical', 100)).toBe(14)
})

test('what is critical takes its own part first, so that bulk still finds the rest', async () => {
  const { allowed } = given({ ses: 10 })
  expect(await allowed('critical', 2)).toBe(2)
  expect(await allowed('bulk', 100)).toBe(8)
})

test('a refusal says how long to wait', async () => {
  const { take, allowed } = given({ ses: 5 })
  await allowed('bulk', 4)
  expect(await take({ provider: 'ses', priority: 'bulk' }, signal)).toEqual({ isAllowed: false, retryAfterMs: 700 })
})

test('a provider without a rate has no limit, and asks nobody', async () => {
  const { allowed, used } = given({ other: 1 })
  expect(await allowed('bulk', 1000)).toBe(1000)
  expect(used.size).toBe(0)
})
