import type { DecisionsMade } from '../../../functions/rate-limiter/check/decide-checks.ts'
import { reportWhenNeeded } from '../../../functions/rate-limiter/check/report-when-needed.ts'
import type { Decision, WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { decided, decision, denial, POLICY } from '../../shared/rate-limit/support/decisions.ts'
import { CAUSE, TENANT } from '../a-policy.ts'

const { signal } = new AbortController()

function reporting(isBroken: () => boolean = () => false) {
  const heard: DecisionsMade[] = []
  let [loads, failures] = [0, 0]
  const report = reportWhenNeeded({
    async load() {
      loads += 1
      if (isBroken()) throw new Error('The module is not there')
      return async (made) => void heard.push(made)
    },
    count: () => void failures++,
  })
  const decide = (...decisions: Decision[]) =>
    report({ tenant: TENANT, checks: [], decided: decided(...decisions), cause: CAUSE }, signal)
  return { heard, decide, loads: () => loads, failures: () => failures }
}

function left(remaining: number, policy: Partial<WindowPolicy> = {}): Decision {
  const after = { policy: { ...POLICY, ...policy }, subject: 'a', remaining, at: 0 }
  return decision({ charges: [{ pk: 'Q#writes#a', sk: 'quota', attribute: 'm_1', cost: 1, until: 0, after }] })
}

test('requests without anything to report load nothing', async () => {
  const { decide, loads, heard } = reporting()
  await decide(decision(), left(21), left(41, { algorithm: 'token-bucket', burst: 200 }))
  expect([loads(), heard]).toEqual([0, []])
})

test.each([
  ['a denial', denial(1)],
  ['what onError decided', decision({ degraded: true })],
  ['a limit of which a fifth is left', left(20)],
  ['a bucket of which a fifth is left', left(40, { algorithm: 'token-bucket', burst: 200 })],
])('%s is heard, and all that comes after it', async (_, first) => {
  const { decide, loads, heard } = reporting()
  await decide(decision(), first)
  await decide(decision())
  expect([loads(), heard.length]).toEqual([1, 2])
})

test('a request is answered though what reports cannot be loaded, and the next one loads it', async () => {
  let isBroken = true
  const { decide, heard, failures } = reporting(() => isBroken)
  await decide(denial(1))
  isBroken = false
  await decide(denial(1))
  expect([failures(), heard.length]).toEqual([1, 1])
})
