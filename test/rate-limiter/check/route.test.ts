import type { NamedCheck } from '../../../functions/rate-limiter/check/check-body.ts'
import type { DecideChecks, DecideResult } from '../../../functions/rate-limiter/check/decide-checks.ts'
import { checkRoute } from '../../../functions/rate-limiter/check/route.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import type { Decision } from '../../../functions/shared/rate-limit/policy.ts'
import { decided, decision, denial, POLICY } from '../../shared/rate-limit/support/decisions.ts'
import { type EventOptions, jsonEvent, lambdaContext, REQUEST_ID } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const CLAIMS: Record<string, string> = { sub: 'user-1', tenant: 'acme', scope: 'limits:check' }
const BODY = { checks: [{ policy: 'writes', subject: 'org:7' }] }

/** The route over a use case that answers this. */
function api(result: DecideResult) {
  const asked: { tenant: string; checks: readonly NamedCheck[] }[] = []
  const decide: DecideChecks = async (input) => {
    asked.push(input)
    return result
  }
  const handler = httpHandler({
    ...recordedTelemetry().telemetry,
    routes: { 'POST /v1/check': checkRoute({ decide, tenancy: 'multi' }) },
  })
  const send = async (more: Partial<EventOptions> & { json?: unknown } = {}) => {
    const event = jsonEvent({ routeKey: 'POST /v1/check', claims: CLAIMS, json: BODY, ...more })
    const { statusCode: status, headers = {}, body } = await handler(event, lambdaContext())
    return { status, headers, json: JSON.parse(String(body)) }
  }
  return { asked, send }
}

const made = (...decisions: Decision[]): DecideResult => ({
  outcome: 'decided',
  decided: decided(...decisions),
  checks: decisions.map(({ subject }) => ({ policy: POLICY, subject })),
  decisionIds: decisions.map((_, index) => `id-${index}`),
})
const ENFORCED = { rawQuery: 'enforce=http' }

test('decisions are told with their ids, and without what only a refund needs', async () => {
  const charges = [{ pk: 'Q#x', sk: 'quota', attribute: 'm_1', cost: 1, until: 2 }]
  const { send, asked } = api(made(decision({ charges }), decision({ wouldDeny: true, mode: 'shadow' })))
  const { status, headers, json } = await send()
  expect(status).toBe(200)
  expect(json).toEqual({
    allowed: true,
    decisions: [
      {
        decisionId: 'id-0',
        policy: 'writes',
        subject: 'org:7',
        allowed: true,
        limit: 100,
        remaining: 42,
        resetMs: 17_001,
        retryAfterMs: 0,
        mode: 'enforce',
        source: 'store',
        degraded: false,
        approximate: false,
      },
      expect.objectContaining({ decisionId: 'id-1', mode: 'shadow', wouldDeny: true }),
    ],
  })
  expect(headers).not.toHaveProperty('ratelimit')
  const checks = [{ policy: 'writes', subject: 'org:7', cost: 1, peek: false }]
  expect(asked).toEqual([{ tenant: 'acme', checks, cause: expect.objectContaining({ correlationId: REQUEST_ID }) }])
})

test('without enforce=http a denial is an answer like any other', async () => {
  const { status, headers, json } = await api(made(denial(null))).send()
  expect([status, json.allowed, json.decisions[0].retryAfterMs]).toEqual([200, false, null])
  expect(headers).not.toHaveProperty('retry-after')
})

test('with enforce=http what passes has the RateLimit fields', async () => {
  const { status, headers, json } = await api(made(decision())).send(ENFORCED)
  expect([status, json.allowed]).toEqual([200, true])
  expect(headers).toMatchObject({ 'ratelimit-policy': '"writes";q=100;w=60', ratelimit: '"writes";r=42;t=18' })
})

test('with enforce=http a denial is 429, with the policies that denied it and the longest wait in whole seconds', async () => {
  const result = made(denial(1001), denial(2, { policy: 'reads' }), decision({ policy: 'fine' }))
  const { status, headers, json } = await api(result).send(ENFORCED)
  expect(status).toBe(429)
  expect(json).toMatchObject({
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    code: 'rate-limited',
    'violated-policies': ['writes', 'reads'],
  })
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'retry-after': '2',
    ratelimit: '"writes";r=0;t=18, "reads";r=0;t=18, "fine";r=42;t=18',
  })
})

test('a request that can never pass gets no Retry-After', async () => {
  const { status, headers } = await api(made(denial(5), denial(null))).send(ENFORCED)
  expect(status).toBe(429)
  expect(headers).not.toHaveProperty('retry-after')
})

test.each<[Exclude<DecideResult['outcome'], 'decided'>, string]>([
  ['unknown-policy', 'unknown-policy'],
  ['concurrency', 'invalid-input'],
  ['not-composable', 'not-composable'],
])('%s is 422 %s, with the place of the check', async (outcome, code) => {
  const { status, json } = await api({ outcome, indexes: [1] }).send()
  expect([status, json.code, json.errors[0].path]).toEqual([422, code, 'checks[1].policy'])
})

test.each([
  ['a wrong body', { json: { checks: [] } }, 'checks'],
  ['an unknown value of enforce', { rawQuery: 'enforce=grpc' }, 'enforce'],
  ['enforce given twice', { rawQuery: 'enforce=http&enforce=http' }, 'enforce'],
  ['an unknown parameter', { rawQuery: 'force=http' }, 'force'],
])('%s is 422 with its path, and nothing is decided', async (_, more, path) => {
  const { send, asked } = api(made(decision()))
  const { status, json } = await send(more)
  expect([status, json.code, json.errors.map((error: { path: string }) => error.path)]).toEqual([
    422,
    'invalid-input',
    [path],
  ])
  expect(asked).toEqual([])
})

test.each([
  ['no token', undefined, [401, 'unauthorized']],
  ['another scope', { ...CLAIMS, scope: 'limits:admin' }, [403, 'scope-missing']],
  ['no tenant', { sub: 'user-1', scope: 'limits:check' }, [403, 'tenant-missing']],
])('%s decides nothing', async (_, claims, refusal) => {
  const { send, asked } = api(made(decision()))
  const answer = await send({ claims: claims as Record<string, string> })
  expect([answer.status, answer.json.code, asked]).toEqual([...refusal, []])
})
