import type { OutgoingMessage, Provider, SendResult } from '../../../functions/notification/domain/provider.ts'
import { breakerNameOf, isOfProvider } from '../../../functions/notification/providers/breaker-name.ts'
import type { TakeBudget } from '../../../functions/notification/providers/budget.ts'
import { createSendThrough } from '../../../functions/notification/providers/send-through.ts'
import type { CallOutcome, FleetBreaker } from '../../../functions/shared/resilience/fleet-breaker.ts'
import { aWebhook } from '../webhooks/a-webhook.ts'

const { signal } = new AbortController()
const mail: OutgoingMessage = aWebhook({ channel: 'email', endpointId: 'default', address: 'ann@example.com' })

const ACCEPTED: SendResult = { outcome: 'accepted', providerId: 'p1', receipts: true }
const REFUSED: SendResult = { outcome: 'refused', reason: 'address', gone: false }
const DOWN: SendResult = { outcome: 'unavailable', reason: 'http-500' }
const THROTTLED: SendResult = { outcome: 'unavailable', reason: 'throttled', retryAfterMs: 2000 }
const UNKNOWN: SendResult = { outcome: 'unknown', reason: 'timed-out' }

/** Providers of email that give these results; one without a result rejects. */
function given(primary: SendResult | undefined, backup?: SendResult, more: { open?: string[]; spent?: string[] } = {}) {
  const calls: string[] = []
  const settled: [string, CallOutcome][] = []
  const disabled: unknown[] = []
  const errors: unknown[] = []
  const provider = (name: string, role: Provider['role'], result: SendResult | undefined): Provider => ({
    ...{ name, channel: 'email', role, idempotent: name === 'a' },
    async send() {
      calls.push(name)
      if (!result) throw new Error('a bug')
      return result
    },
  })
  const breaker: FleetBreaker = {
    admit: async (name) =>
      more.open?.includes(name)
        ? { isAdmitted: false, retryAfterMs: 30_000 }
        : { isAdmitted: true, settle: async (outcome) => void settled.push([name, outcome]) },
  }
  const takeBudget: TakeBudget = async ({ provider: name }) =>
    more.spent?.includes(name) ? { isAllowed: false, retryAfterMs: 400 } : { isAllowed: true }
  const providers = createSendThrough({
    providers: [provider('a', 'primary', primary), ...(backup ? [provider('b', 'backup', backup)] : [])],
    breaker,
    takeBudget,
    disableGone: async (endpoint) => void disabled.push(endpoint),
    onFailure: (error) => errors.push(error),
  })
  return { providers, send: () => providers.send(mail, signal), calls, settled, disabled, errors }
}

/** @proves notification/uncertain-is-told */
test.each([
  ACCEPTED,
  REFUSED,
  UNKNOWN,
  { outcome: 'delivered', providerId: null } as const,
])('the backup is not asked when the primary answered %j: it might send it twice, or refuse it, too', async (result) => {
  const { send, calls } = given(result, ACCEPTED)
  expect(await send()).toEqual({ ...result, provider: 'a' })
  expect(calls).toEqual(['a'])
})

test.each([DOWN, THROTTLED])('the backup is asked when the primary certainly did not take it: %j', async (result) => {
  const { send, calls } = given(result, ACCEPTED)
  expect(await send()).toEqual({ ...ACCEPTED, provider: 'b' })
  expect(calls).toEqual(['a', 'b'])
})

test('an open circuit is passed by, and so is a budget that is spent', async () => {
  const open = given(ACCEPTED, ACCEPTED, { open: ['a'] })
  expect(await open.send()).toMatchObject({ provider: 'b' })
  const spent = given(ACCEPTED, ACCEPTED, { spent: ['a'] })
  expect(await spent.send()).toMatchObject({ provider: 'b' })
  expect([open.calls, spent.calls]).toEqual([['b'], ['b']])
  // The call that was not made says nothing about the provider.
  expect(spent.settled[0]).toEqual(['a', 'abandoned'])
})

test('when neither took it, the one that may do so first says when', async () => {
  expect(await given(THROTTLED, DOWN, { open: ['b'] }).send()).toEqual({ ...THROTTLED, provider: 'a' })
  expect(await given(DOWN, THROTTLED).send()).toEqual({ ...DOWN, provider: 'a' })
  expect(await given(DOWN, undefined, { open: ['a'] }).send()).toEqual({
    outcome: 'unavailable',
    reason: 'circuit-open',
    retryAfterMs: 30_000,
    provider: 'a',
  })
})

test('without a provider a channel fails, and says so', async () => {
  const { providers } = given(ACCEPTED)
  expect(await providers.send({ ...mail, channel: 'sms' }, signal)).toEqual({
    ...{ outcome: 'refused', reason: 'no-provider', gone: false, provider: null },
  })
})

test.each<[SendResult, CallOutcome]>([
  [ACCEPTED, 'answered'],
  [REFUSED, 'answered'],
  [THROTTLED, 'answered'],
  [{ outcome: 'unavailable', reason: 'http-429' }, 'answered'],
  [DOWN, 'failed'],
  [{ outcome: 'unavailable', reason: 'credentials' }, 'failed'],
  [UNKNOWN, 'failed'],
])('the breaker takes %j for %s', async (result, outcome) => {
  const { send, settled } = given(result)
  await send()
  expect(settled).toEqual([['a', outcome]])
})

test('a call that its caller gave up says nothing about the provider', async () => {
  const { providers, settled } = given(UNKNOWN)
  await providers.send(mail, AbortSignal.abort())
  expect(settled).toEqual([['a', 'abandoned']])
})

test('an endpoint that is gone is disabled', async () => {
  const { send, disabled } = given({ outcome: 'refused', reason: 'gone', gone: true })
  await send()
  expect(disabled).toEqual([{ tenant: 'acme', endpointId: 'default', address: mail.address }])
  const { send: refuse, disabled: kept } = given(REFUSED)
  await refuse()
  expect(kept).toEqual([])
})

test('a provider with a bug leaves it unknown whether it sent, and is not followed by another', async () => {
  const { send, errors, calls } = given(undefined, ACCEPTED)
  expect(await send()).toMatchObject({ outcome: 'unknown', provider: 'a' })
  expect([errors, calls]).toEqual([[new Error('a bug')], ['a']])
})

test('a channel recognises repeats only if all of its providers do', () => {
  expect(given(ACCEPTED).providers.isIdempotent('email')).toBe(true)
  expect(given(ACCEPTED, ACCEPTED).providers.isIdempotent('email')).toBe(false)
  expect(given(ACCEPTED).providers.isIdempotent('sms')).toBe(false)
})

test('a provider has one breaker, and each webhook its own', () => {
  expect(breakerNameOf({ name: 'ses', channel: 'email' }, mail)).toBe('ses')
  const [one, other] = ['https://a.example/1', 'https://b.example/1'].map((address) =>
    breakerNameOf({ name: 'webhook', channel: 'webhook' }, aWebhook({ endpointId: 'default', address })),
  )
  expect(one).toBe('webhook/acme/default/a.example')
  expect(other).not.toBe(one)
  expect([isOfProvider('ses'), isOfProvider(one ?? '')]).toEqual([true, false])
})
