import { createNearedReporter, type RecordNeared } from '../../../functions/rate-limiter/check/report-neared.ts'
import type { Neared } from '../../../functions/rate-limiter/domain/neared.ts'
import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { decided, decision } from '../../shared/rate-limit/support/decisions.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { CAUSE, TENANT } from '../a-policy.ts'

const { signal } = new AbortController()
const START = 1_800_000_000_000
const POLICY: WindowPolicy = { name: 'writes', algorithm: 'fixed-window', limit: 10, windowMs: 60_000 }

function environment(record: RecordNeared = async () => 'recorded') {
  const clock = fakeClock(START)
  const tried: Neared[] = []
  let [loads, failures] = [0, 0]
  const report = createNearedReporter({
    load: async () => {
      loads += 1
      return async (neared, cause, inner) => {
        tried.push(neared)
        return record(neared, cause, inner)
      }
    },
    budgetMs: 50,
    startTimer: clock.startTimer,
    now: clock.now,
    count: () => void failures++,
  })
  /** Decides a request after which the subject has used so much. */
  const use = (used: number, { subject = 'a', cost = 1, tenant = TENANT, policy = POLICY, at = clock.now() } = {}) => {
    const after = { policy, subject, remaining: policy.limit - used, at }
    const charges = [{ pk: `Q#${subject}`, sk: 'quota', attribute: 'm_1', cost, until: 0, after }]
    return report({ tenant, checks: [], decided: decided(decision({ charges })), cause: CAUSE }, signal)
  }
  return { clock, tried, use, loads: () => loads, failures: () => failures }
}

test('a subject is recorded once in a window, and requests before and after load and record nothing', async () => {
  const { tried, use, loads, clock } = environment()
  for (let used = 1; used < 8; used++) await use(used)
  expect([loads(), tried]).toEqual([0, []])
  for (let used = 8; used <= 10; used++) await use(used)
  await use(8)
  expect(tried.map(({ used }) => used)).toEqual([8])
  await clock.advance(60_000)
  await use(9, { cost: 9 })
  expect(tried.map(({ startMs }) => startMs)).toEqual([START, START + 60_000])
})

test('subjects, policies and tenants are told apart', async () => {
  const { tried, use } = environment()
  await use(8)
  await use(8, { subject: 'b' })
  await use(8, { tenant: 'other' })
  await use(8, { policy: { ...POLICY, name: 'reads' } })
  expect(tried).toHaveLength(4)
})

test('an answer waits as long as a decision may take, and is never refused for it', async () => {
  const { clock, use, failures } = environment(() => new Promise(() => {}))
  let isAnswered = false
  const answer = use(8).then(() => {
    isAnswered = true
  })
  await clock.advance(49)
  expect(isAnswered).toBe(false)
  await clock.advance(1)
  await answer
  expect([failures(), clock.pendingTimers()]).toEqual([1, 0])
})

test('a table that fails delays one answer in ten seconds, whoever nears a limit meanwhile', async () => {
  let isDown = true
  const { clock, tried, use, failures } = environment(async () => {
    if (isDown) throw new Error('The table is down')
    return 'recorded'
  })
  await use(8)
  for (let subject = 0; subject < 20; subject++) await use(8, { subject: `user:${subject}` })
  expect([tried.length, failures()]).toEqual([1, 1])
  isDown = false
  await clock.advance(10_000)
  // Any request tells what is left.
  await use(1, { subject: 'other' })
  expect(new Set(tried.slice(1).map(({ subject }) => subject)).size).toBe(21)
  await use(10)
  expect(tried).toHaveLength(22)
})

test('a record is tried until its window is over, for the newest hundred subjects', async () => {
  const { clock, tried, use } = environment(() => Promise.reject(new Error('AccessDenied')))
  await use(8)
  for (let subject = 0; subject < 150; subject++) await use(8, { subject: `user:${subject}` })
  await clock.advance(10_000)
  await use(1)
  expect(tried.slice(1).map(({ subject }) => subject)).toEqual(Array.from({ length: 100 }, (_, n) => `user:${n + 50}`))
  await clock.advance(50_000)
  await use(1)
  expect(tried).toHaveLength(101)
})

test('a limit that is neared in the last moment of a window is recorded', async () => {
  const { clock, tried, use } = environment()
  clock.set(START + 60_000)
  await use(8, { at: START + 59_999 })
  expect(tried).toHaveLength(1)
})

test('of several that fail those that were recorded are not tried again', async () => {
  const { clock, tried, use } = environment(async ({ subject }) => {
    if (subject === 'a') throw new Error('The table is down')
    return 'recorded'
  })
  await use(8)
  await use(8, { subject: 'b' })
  await clock.advance(10_000)
  await use(1)
  await clock.advance(10_000)
  await use(1)
  expect(tried.map(({ subject }) => subject)).toEqual(['a', 'a', 'b', 'a'])
})
