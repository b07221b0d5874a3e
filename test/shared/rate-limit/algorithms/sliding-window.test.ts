import { slidingWindow } from '../../../../functions/shared/rate-limit/algorithms/sliding-window.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { limiterWorld, START } from '../support/limiter-world.ts'

const POLICY: WindowPolicy = { name: 'calls', algorithm: 'sliding-window', limit: 10, windowMs: 60_000 }

test('what was seen in the window before may have grown since: half the limit is expected of it', async () => {
  const { clock, decide, environment, writes } = limiterWorld()
  const own = environment()
  await decide(POLICY, { cost: 2 }, own)
  await decide(POLICY, { cost: 3 })
  clock.set(START + 60_000)
  const before = writes()
  expect((await decide(POLICY, {}, own)).allowed).toBe(true)
  expect(writes() - before).toBe(1)
})

test.each([
  [1, 80],
  [4, 83],
  [20, 99],
])('where more than half is used, %d environments write %d times for 80 decisions', async (count, expected) => {
  const policy = { ...POLICY, limit: 100 }
  const { clock, decide, environment, writes } = limiterWorld()
  const environments = Array.from({ length: count }, environment)
  let before = 0
  for (let index = 0; index < 160; index++) {
    if (index === 80) before = writes()
    clock.set(START + index * 750)
    expect((await decide(policy, {}, environments[index % count])).allowed).toBe(true)
  }
  expect(writes() - before).toBe(expected)
})

test('a cost of the whole limit passes when all else is out of view', () => {
  const item = { [`m_${START / 60_000}`]: { N: '1' } }
  expect(slidingWindow.judge(item, { policy: POLICY, cost: 10, now: START })).toMatchObject({
    allowed: false,
    retryAfterMs: 120_000,
  })
})
