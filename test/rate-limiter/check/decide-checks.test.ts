import { countDecisions } from '../../../functions/rate-limiter/check/count-decisions.ts'
import { type DecisionsMade, decideChecks } from '../../../functions/rate-limiter/check/decide-checks.ts'
import type { Decided, Policy, WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { decided, decision, denial, POLICY } from '../../shared/rate-limit/support/decisions.ts'
import { CAUSE, TENANT } from '../a-policy.ts'

const SHARDED: WindowPolicy = { ...POLICY, name: 'sharded', limit: 800, shards: 8 }
const POLICIES: Record<string, Policy> = {
  writes: POLICY,
  sharded: SHARDED,
  seats: { name: 'seats', algorithm: 'concurrency', limit: 5 },
}
const { signal } = new AbortController()

function world(answer: Decided = decided(decision())) {
  const calls: string[] = []
  const made: DecisionsMade[] = []
  const deps = {
    find: async ({ name }: { name: string }) => POLICIES[name],
    limit: async () => {
      calls.push('limit')
      return answer
    },
    sign: () => 'id',
    prepare: async () => void calls.push('prepare'),
    onDecided: (one: DecisionsMade) => void made.push(one),
    report: async () => {},
  }
  const ask = (names: string[], more: Partial<typeof deps> = {}) => {
    const checks = names.map((policy) => ({ policy, subject: 'x', cost: 1, peek: false }))
    return decideChecks({ ...deps, ...more })({ tenant: TENANT, checks, cause: CAUSE }, signal)
  }
  return { calls, made, ask }
}

test.each([
  [['writes', 'none', 'missing'], { outcome: 'unknown-policy', indexes: [1, 2] }],
  [['seats', 'writes'], { outcome: 'concurrency', indexes: [0] }],
  [['writes', 'sharded'], { outcome: 'not-composable', indexes: [1] }],
  [['sharded', 'sharded'], { outcome: 'not-composable', indexes: [0, 1] }],
])('of %p nothing is asked', async (names, result) => {
  const { ask, calls, made } = world()
  expect(await ask(names)).toEqual(result)
  expect([calls, made]).toEqual([['prepare'], []])
})

test('a policy with shards is asked by itself', async () => {
  expect(await world().ask(['sharded'])).toMatchObject({ outcome: 'decided', decisionIds: ['id'] })
})

test('several checks of policies without shards are decided together, in their order', async () => {
  const { ask, calls } = world(decided(decision(), decision()))
  expect(await ask(['writes', 'writes'])).toMatchObject({
    outcome: 'decided',
    checks: [{ policy: POLICY }, { policy: POLICY }],
    decisionIds: ['id', 'id'],
  })
  expect(calls).toEqual(['prepare', 'limit'])
})

test('the key is stored before anything is charged', async () => {
  const { ask, calls } = world()
  await ask(['writes'])
  expect(calls).toEqual(['prepare', 'limit'])
})

test('every decision is heard of, with its checks and its tenant', async () => {
  const answer = decided(denial(1))
  const { ask, made } = world(answer)
  await ask(['writes'])
  expect(made).toEqual([
    { tenant: TENANT, checks: [{ policy: POLICY, subject: 'x', cost: 1, peek: false }], decided: answer, cause: CAUSE },
  ])
})

test.each([
  ['nothing', decided(decision()), []],
  ['a denial', decided(denial(1), denial(2)), ['CheckDenied']],
  ['a would-be denial', decided(decision({ wouldDeny: true })), ['CheckWouldDeny']],
  ['what the table did not decide', decided(denial(1, { degraded: true })), ['CheckDenied', 'CheckDegraded']],
])('a request counts once: %s', (_, answer, expected) => {
  const counted: string[] = []
  countDecisions((metric) => counted.push(metric))({ tenant: TENANT, checks: [], decided: answer, cause: CAUSE })
  expect(counted).toEqual(expected)
})
