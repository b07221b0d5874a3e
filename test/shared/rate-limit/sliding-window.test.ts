import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { slidingWindow } from '../../../functions/shared/rate-limit/sliding-window.ts'
import { limiterWorld, START } from './limiter-world.ts'

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

test('a cost of the whole limit passes when all else is out of view', () => {
  const item = { [`m_${START / 60_000}`]: { N: '1' } }
  expect(slidingWindow.judge(item, { policy: POLICY, cost: 10, now: START })).toMatchObject({
    allowed: false,
    retryAfterMs: 120_000,
  })
})
