import { AppError } from '../../../../functions/shared/errors.ts'
import { httpHandler } from '../../../../functions/shared/http/handler.ts'
import { HttpProblem, type HttpResponse, json } from '../../../../functions/shared/http/response.ts'
import { rateLimited, withRateLimit } from '../../../../functions/shared/rate-limit/http/with-rate-limit.ts'
import type { Check, Decided } from '../../../../functions/shared/rate-limit/policy.ts'
import { httpEvent, lambdaContext, requestOf } from '../../../support/events.ts'
import { fakeClock } from '../../../support/fake-clock.ts'
import { recordedTelemetry, silentTelemetry } from '../../../support/telemetry.ts'
import { transientError } from '../../resilience/operations.ts'
import { decided, decision, denial, POLICY } from '../support/decisions.ts'
import { limiterWorld } from '../support/limiter-world.ts'

const { signal } = new AbortController()
const ALLOWED = decided(decision())
const FIELDS = { 'ratelimit-policy': '"writes";q=100;w=60', ratelimit: '"writes";r=42;t=18' }

/** A limit that gives this answer, and remembers what it was asked. */
function limitOf(answer: Decided) {
  const asked: (readonly Check[])[] = []
  const limit = async (checks: readonly Check[]) => {
    asked.push(checks)
    return answer
  }
  return { limit, asked }
}

describe('a function', () => {
  const work = async (input: { tenant: string }) => `done for ${input.tenant}`

  test('runs when its limit lets it', async () => {
    const { limit, asked } = limitOf(ALLOWED)
    const limited = rateLimited(work, { limit, policy: POLICY, subject: ({ tenant }) => `org:${tenant}` })
    expect(await limited({ tenant: '7' }, signal)).toEqual({ outcome: 'done', value: 'done for 7' })
    expect(asked).toEqual([[{ policy: POLICY, subject: 'org:7' }]])
  })

  test('does not run when it is denied, and its caller is told when it may', async () => {
    const answer = decided(denial(1500))
    const limited = rateLimited(() => Promise.reject(new Error('ran')), { ...limitOf(answer), checksOf: () => [] })
    expect(await limited({}, signal)).toEqual({ outcome: 'limited', retryAfterMs: 1500, decided: answer })
  })

  test('asks for as many checks as it likes', async () => {
    const { limit, asked } = limitOf(ALLOWED)
    const checks = [
      { policy: POLICY, subject: 'org:7', cost: 5 },
      { policy: POLICY, subject: 'user:3' },
    ]
    await rateLimited(work, { limit, checksOf: () => checks })({ tenant: '7' }, signal)
    expect(asked).toEqual([checks])
  })

  test('may have to wait until its subject is known, under its own signal', async () => {
    const { limit, asked } = limitOf(ALLOWED)
    const subject = async ({ tenant }: { tenant: string }, inner: AbortSignal) => `${tenant}:${inner === signal}`
    await rateLimited(work, { limit, policy: POLICY, subject })({ tenant: '7' }, signal)
    await rateLimited(work, {
      limit,
      checksOf: async (_, inner) => [{ policy: POLICY, subject: String(inner === signal) }],
    })({ tenant: '7' }, signal)
    expect(asked).toEqual([[{ policy: POLICY, subject: '7:true' }], [{ policy: POLICY, subject: 'true' }]])
  })

  test('does not run when its subject cannot be known', async () => {
    const error = transientError('down')
    const limited = rateLimited(() => Promise.reject(new Error('ran')), {
      ...limitOf(ALLOWED),
      policy: POLICY,
      subject: () => Promise.reject(error),
    })
    await expect(limited({}, signal)).rejects.toBe(error)
  })

  test('works under the signal that it was called with, and its failure is thrown', async () => {
    const limited = rateLimited(async (_: unknown, inner) => Promise.reject(inner), {
      ...limitOf(ALLOWED),
      checksOf: () => [],
    })
    await expect(limited({}, signal)).rejects.toBe(signal)
  })

  test('waits, where its caller would rather', async () => {
    const clock = fakeClock()
    const answers = [decided(denial(2000)), ALLOWED]
    const limited = rateLimited(work, {
      limit: async () => answers.shift() ?? ALLOWED,
      policy: POLICY,
      subject: () => 'org:7',
      waiting: { maxWaitMs: 5000, random: () => 0, ...clock },
    })
    const done = limited({ tenant: '7' }, signal)
    await clock.advance(2000)
    expect(await done).toMatchObject({ outcome: 'done' })
  })
})

describe('a route', () => {
  const EVENT = httpEvent({ routeKey: 'POST /v1/links', headers: { 'x-subject': 'org:7' } })
  const asking = {
    policy: POLICY,
    subject: ({ headers }: { headers: Readonly<Record<string, string | undefined>> }) => headers['x-subject'] ?? '',
  }
  const { telemetry, lines } = recordedTelemetry()
  const answerTo = (route: () => Promise<HttpResponse>, answer = ALLOWED) => {
    lines.length = 0
    const limited = withRateLimit(route, { ...limitOf(answer), ...asking })
    return limited(requestOf(EVENT, telemetry.logger))
  }

  test('that is let in answers, and tells the client of its limits', async () => {
    const { limit, asked } = limitOf(ALLOWED)
    const route = withRateLimit(async () => json(201, { id: 1 }, { location: '/1' }), { limit, ...asking })
    const { status, headers } = await route(requestOf(EVENT))
    expect({ status, headers }).toEqual({
      status: 201,
      headers: { ...FIELDS, location: '/1', 'content-type': 'application/json; charset=utf-8' },
    })
    expect(asked).toEqual([[{ policy: POLICY, subject: 'org:7' }]])
  })

  test('that is denied answers 429 without running', async () => {
    const answer = await answerTo(() => Promise.reject(new Error('ran')), decided(denial(1500)))
    expect(answer).toMatchObject({
      status: 429,
      headers: {
        'content-type': 'application/problem+json; charset=utf-8',
        'ratelimit-policy': '"writes";q=100;w=60',
        ratelimit: '"writes";r=0;t=18',
        'retry-after': '2',
      },
      body: { code: 'rate-limited', 'violated-policies': ['writes'] },
    })
    expect(lines).toEqual([])
  })

  test('that refuses tells of the limits, too', async () => {
    const problem = { status: 409, code: 'alias-taken', detail: 'Taken.', headers: { 'x-alias': 'a' } }
    const answer = await answerTo(() => Promise.reject(new HttpProblem<string>(problem)))
    expect(answer).toMatchObject({ status: 409, headers: { ...FIELDS, 'x-alias': 'a' }, body: { code: 'alias-taken' } })
    expect(lines).toEqual([])
  })

  test.each([
    [503, transientError('down'), 'down'],
    [500, new TypeError('a bug'), 'a bug'],
  ])('that fails with %d tells of the limits, and what it failed of goes to the log only', async (status, error, message) => {
    const answer = await answerTo(() => Promise.reject(error))
    expect(answer).toMatchObject({ status, headers: FIELDS })
    expect(JSON.stringify(answer)).not.toContain(message)
    const fields = { route: 'POST /v1/links', error: { message } }
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'request failed', ...fields }])
  })

  test.each([
    ['missing', ''],
    ['too long', 's'.repeat(257)],
  ])('whose subject is %s is refused: the client sent it', async (_, subject) => {
    const { limit } = limiterWorld()
    const route = withRateLimit(async () => json(200, {}), { limit: (checks) => limit(...checks), ...asking })
    const event = httpEvent({ routeKey: 'POST /v1/links', headers: { 'x-subject': subject } })
    const problem = { problem: { status: 422, code: 'invalid-input' } }
    await expect(route(requestOf(event))).rejects.toMatchObject(problem)
  })

  test.each([
    ['a failure', new AppError('conflict', 'busy')],
    ['a wrong policy', new RangeError('limit is 0')],
    ['an error of somebody else', Object.assign(new Error(), { code: 'invalid-input' })],
  ])('is not refused for %s of its limit', async (_, error) => {
    const route = withRateLimit(async () => json(200, {}), { limit: () => Promise.reject(error), ...asking })
    await expect(route(requestOf(EVENT))).rejects.toBe(error)
  })

  test('without checks has no fields', async () => {
    const route = withRateLimit(async () => ({ status: 204 }), { ...limitOf(decided()), checksOf: () => [] })
    expect(await route(requestOf(EVENT))).toEqual({ status: 204, headers: {} })
  })

  test('within another limit tells of both, the outer one first', async () => {
    const inner = { ...limitOf(decided(decision({ policy: 'inner', remaining: 7 }))), checksOf: () => [] }
    const route = withRateLimit(async () => json(200, {}), inner)
    expect((await answerTo(() => route(requestOf(EVENT)))).headers).toMatchObject({
      'ratelimit-policy': '"writes";q=100;w=60, "inner";q=100',
      ratelimit: '"writes";r=42;t=18, "inner";r=7;t=18',
    })
  })

  test('is one of a function as any other', async () => {
    const limited = withRateLimit(async () => json(200, {}), { ...limitOf(decided(denial(9000))), ...asking })
    const handler = httpHandler({
      ...silentTelemetry(),
      routes: { 'POST /v1/links': limited },
    })
    const { statusCode, headers, body } = await handler(EVENT, lambdaContext())
    expect([statusCode, headers?.['retry-after'], JSON.parse(body ?? '').status]).toEqual([429, '9', 429])
  })
})
