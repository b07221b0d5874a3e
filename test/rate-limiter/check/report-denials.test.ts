import { createDenialReporter, type SendDenials } from '../../../functions/rate-limiter/check/report-denials.ts'
import type { DenialMessage } from '../../../functions/rate-limiter/domain/denials.ts'
import type { Decision } from '../../../functions/shared/rate-limit/policy.ts'
import { decided, decision, denial, POLICY } from '../../shared/rate-limit/support/decisions.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { CAUSE, TENANT } from '../a-policy.ts'

const { signal } = new AbortController()
const MINUTE = '2026-03-12T19:03Z'

function environment(send: SendDenials = async () => {}) {
  const clock = fakeClock(Date.UTC(2026, 2, 12, 19, 3, 10))
  const sent: DenialMessage[] = []
  let [ids, loads, failures] = [0, 0, 0]
  const report = createDenialReporter({
    load: async () => {
      loads += 1
      return async (message, inner) => {
        sent.push(message)
        await send(message, inner)
      }
    },
    budgetMs: 50,
    startTimer: clock.startTimer,
    now: clock.now,
    newId: () => `id-${++ids}`,
    count() {
      failures += 1
    },
  })
  const decide = (decisions: Decision[], { peek = false, tenant = TENANT } = {}) => {
    const checks = decisions.map(({ subject }) => ({ policy: POLICY, subject, cost: 1, peek }))
    return report({ tenant, checks, decided: decided(...decisions), cause: CAUSE }, signal)
  }
  const deny = (subject: string, policy = 'writes') => decide([denial(1, { subject, policy })])
  return { clock, sent, decide, deny, loads: () => loads, failures: () => failures }
}

const reportOf = (denied: [string, number][], more = {}) => ({
  tenant: TENANT,
  policy: 'writes',
  minute: MINUTE,
  denied,
  ...more,
})

test('denials within ten seconds are one message, sent with the first request after them', async () => {
  const { clock, sent, deny, decide } = environment()
  await deny('first')
  await deny('a')
  await deny('b#1')
  await deny('a')
  await deny('a', 'reads')
  await clock.advance(9_999)
  await decide([decision()])
  expect(sent).toHaveLength(1)
  await clock.advance(1)
  await decide([decision()])
  const [, second] = sent
  expect(second?.reports).toEqual([
    reportOf([
      ['a', 2],
      ['b#1', 1],
    ]),
    reportOf([['a', 1]], { policy: 'reads' }),
  ])
})

test('denials of two minutes are told apart, and those of two tenants', async () => {
  const { clock, sent, deny, decide } = environment()
  await deny('first')
  await deny('a')
  await clock.advance(60_000)
  await decide([denial(1, { subject: 'a' })], { tenant: 'other' })
  expect(sent[1]?.reports).toEqual([
    reportOf([['a', 1]]),
    reportOf([['a', 1]], { tenant: 'other', minute: '2026-03-12T19:04Z' }),
  ])
})

test.each([
  ['an allowed request', [decision()], {}],
  ['a would-be denial', [decision({ mode: 'shadow', wouldDeny: true })], {}],
  ['a peek', [denial(1)], { peek: true }],
])('%s is not reported, and loads nothing', async (_, decisions, options) => {
  const { sent, decide, loads } = environment()
  await decide(decisions, options)
  expect([sent, loads()]).toEqual([[], 0])
})

test('of a denied request only those count who were denied', async () => {
  const { sent, decide } = environment()
  await decide([decision({ subject: 'passes' }), denial(1, { subject: 'a' })])
  expect(sent[0]?.reports).toEqual([reportOf([['a', 1]])])
})

test('a request waits four budgets at most, and the message is sent again under its id', async () => {
  const { clock, sent, deny, failures } = environment(() => new Promise(() => {}))
  const waiting = deny('a')
  await clock.advance(200)
  await waiting
  expect(failures()).toBe(1)
  await clock.advance(10_000)
  const again = deny('b')
  await clock.advance(200)
  await again
  expect(sent.map(({ id }) => id)).toEqual(['id-1', 'id-1'])
  expect(sent[1]?.reports).toEqual([reportOf([['a', 1]])])
})

test('a message that cannot be sent three times is forgotten, and the next one is sent', async () => {
  const { clock, sent, deny, failures } = environment(() => Promise.reject(new Error('AccessDenied')))
  for (let round = 0; round < 4; round++) {
    await deny('a')
    await clock.advance(10_000)
  }
  expect(sent.map(({ id }) => id)).toEqual(['id-1', 'id-1', 'id-1', 'id-2'])
  expect(failures()).toBe(4)
})

test('while nothing can be sent, the newest three minutes are remembered', async () => {
  const { clock, sent, deny } = environment(() => new Promise(() => {}))
  const stuck = deny('a')
  await clock.advance(200)
  await stuck
  for (let minute = 0; minute < 5; minute++) {
    const one = deny(`minute-${minute}`)
    await clock.advance(200)
    await one
    await clock.advance(60_000)
  }
  // Two more tries of the first message, and then one of what is left.
  expect(sent.at(2)?.id).toBe('id-1')
  expect(sent.at(3)?.reports.map(({ denied }) => denied[0]?.[0])).toEqual(['minute-1', 'minute-2', 'minute-3'])
})

test('a message has a hundred subjects at most, whoever is denied', async () => {
  const { clock, sent, deny } = environment()
  await deny('first')
  for (let subject = 0; subject < 500; subject++) await deny(`user:${subject}`)
  await clock.advance(10_000)
  await deny('last')
  expect(sent[1]?.reports[0]?.denied).toHaveLength(100)
})

const lost = (fields: Partial<Decision> = {}) => denial(1, { source: 'fallback', degraded: true, ...fields })

test('fallback decisions are counted by policy, allowed or not, and are no denials of a subject', async () => {
  const { clock, sent, decide } = environment()
  await decide([lost(), lost({ subject: 'b', allowed: true }), lost({ policy: 'reads' })])
  await decide([lost()], { peek: true })
  await decide([lost()], { tenant: 'other' })
  await clock.advance(10_000)
  await decide([decision()])
  expect(sent.map(({ reports }) => reports)).toEqual([
    [reportOf([], { degraded: 2 }), reportOf([], { policy: 'reads', degraded: 1 })],
    [reportOf([], { degraded: 1 }), reportOf([], { tenant: 'other', degraded: 1 })],
  ])
})

test('denials and fallback decisions of a policy and minute are one report', async () => {
  const { clock, sent, decide } = environment()
  await decide([denial(1, { subject: 'first' })])
  await decide([denial(1, { subject: 'a' })])
  await decide([lost()])
  await clock.advance(10_000)
  await decide([decision()])
  expect(sent[1]?.reports).toEqual([reportOf([['a', 1]], { degraded: 1 })])
})

test('in an outage a message has a hundred policies at most, and no count is too high', async () => {
  const { clock, sent, decide } = environment()
  await decide([lost({ policy: 'first' })])
  for (let policy = 0; policy < 500; policy++) await decide([lost({ policy: `policy-${policy}` })])
  await clock.advance(10_000)
  await decide([decision()])
  expect(sent[1]?.reports).toHaveLength(100)
  expect(new Set(sent[1]?.reports.map(({ degraded }) => degraded))).toEqual(new Set([1]))
})
