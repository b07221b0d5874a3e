import { once } from 'node:events'
import { createServer } from 'node:net'
import { LimiterProblem, LimiterUnavailable } from '../../../clients/limiter/src/errors.ts'
import { createLimiterClient } from '../../../clients/limiter/src/limiter-client.ts'
import { answers } from '../../support/misbehaving-server.ts'
import { aService, decision, OUTAGES, problem } from './a-service.ts'

const CHECKS = [{ policy: 'api', subject: 'user:1' }]
const yes = answers.json({ allowed: true, decisions: [decision] })

describe.each(['open', 'closed'] as const)('a client that fails %s', (onUnavailable) => {
  test.each(OUTAGES)('decides itself after %s, which is told as %s, and asks once', async (_, reason, answer) => {
    const timeoutMs = reason === 'timeout' ? 100 : 20_000
    const { limiter, server } = await aService(answer, { onUnavailable, timeoutMs })
    const result = await limiter.check(CHECKS)
    expect(result).toMatchObject({ outcome: 'unavailable', allowed: onUnavailable === 'open', error: { reason } })
    expect(server.requests).toHaveLength(1)
  })

  test('decides itself when nothing listens', async () => {
    const limiter = createLimiterClient({ url: await aClosedPort(), token: 't', onUnavailable, timeoutMs: 20_000 })
    const result = await limiter.check(CHECKS)
    expect(result).toMatchObject({ allowed: onUnavailable === 'open', error: { reason: 'unreachable' } })
  })

  test('decides itself when there is no token', async () => {
    const token = () => Promise.reject(new Error('The issuer is down.'))
    const { limiter, server } = await aService(yes, { onUnavailable, token })
    expect(await limiter.check(CHECKS)).toMatchObject({
      allowed: onUnavailable === 'open',
      error: { reason: 'no-token', cause: { message: 'The issuer is down.' } },
    })
    expect(server.requests).toHaveLength(0)
  })

  test("takes the service's word, whatever it does by itself", async () => {
    const no = answers.json({ allowed: false, decisions: [{ ...decision, allowed: false, retryAfterMs: 1500 }] })
    const { limiter } = await aService([yes, no], { onUnavailable })
    expect(await limiter.check(CHECKS)).toEqual({
      outcome: 'decided',
      allowed: true,
      retryAfterMs: 0,
      decisions: [decision],
    })
    expect(await limiter.check(CHECKS)).toMatchObject({ outcome: 'decided', allowed: false, retryAfterMs: 1500 })
  })

  test.each([
    [
      'an unknown policy',
      problem(422, { code: 'unknown-policy', detail: 'No.', errors: [{ path: 'a', message: 'b' }] }),
      { httpStatus: 422, code: 'unknown-policy' },
    ],
    ['a missing scope', problem(403, { code: 'scope-missing' }), { httpStatus: 403, code: 'scope-missing' }],
    ["the authorizer's refusal", answers.json({ message: 'Unauthorized' }, 401), { httpStatus: 401, code: 'http-401' }],
    [
      'a URL where something else is',
      answers.text('<html>Not Found</html>', 404),
      { httpStatus: 404, code: 'http-404' },
    ],
  ])('allows nothing and denies nothing after %s: it throws the code', async (_, answer, refusal) => {
    const { limiter } = await aService(answer, { onUnavailable })
    await expect(limiter.check(CHECKS)).rejects.toMatchObject({ name: 'LimiterProblem', ...refusal })
  })
})

test.each([
  ['a refusal', problem(401, { code: 'unauthorized' })],
  ['an outage', answers.text('', 503)],
])('%s has no status that Express or Fastify would take for the answer to their own caller', async (_, answer) => {
  const { limiter } = await aService(answer)
  const error = await limiter.refund('d-1').catch((thrown) => thrown)
  expect(error).toBeInstanceOf(Error)
  expect([error.status, error.statusCode]).toEqual([undefined, undefined])
})

test('the fields that were refused are told', async () => {
  const errors = [{ path: 'checks[0].policy', message: 'names no policy of this tenant' }]
  const { limiter } = await aService(problem(422, { code: 'unknown-policy', detail: 'There is none.', errors }))
  const error = await limiter.check(CHECKS).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(LimiterProblem)
  expect(error.errors).toEqual(errors)
  expect(error.message).toBe('The rate limiter refused the request (unknown-policy): There is none.')
})

test('an answer with fewer decisions than checks is no answer', async () => {
  const { limiter } = await aService(yes)
  expect(await limiter.check([...CHECKS, ...CHECKS])).toMatchObject({ error: { reason: 'bad-answer' } })
})

test.each([
  ['the longest wait', [100, 2000, 300], 2000],
  ['no wait when one can never pass', [100, null], null],
])('%s of the denied checks is told', async (_, waits, expected) => {
  const decisions = waits.map((retryAfterMs) => ({ ...decision, allowed: false, retryAfterMs }))
  const passing = { ...decision, retryAfterMs: 0 }
  const { limiter } = await aService(answers.json({ allowed: false, decisions: [passing, ...decisions] }))
  const result = await limiter.check([passing, ...decisions].map(() => ({ policy: 'api', subject: 'user:1' })))
  expect(result).toMatchObject({ retryAfterMs: expected })
})

test('the request has the token, asked for anew each time, and the checks as they were given', async () => {
  let count = 0
  const { limiter, server } = await aService(yes, { token: async () => `token-${++count}` })
  const checks = [{ policy: 'api', subject: 'user:1', cost: 3, peek: true }]
  await limiter.check(checks)
  await limiter.check(checks)
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ checks })
})

test('a token that does not come counts into the time limit', async () => {
  const { limiter } = await aService(yes, { token: () => new Promise(() => {}), timeoutMs: 50 })
  expect(await limiter.check(CHECKS)).toMatchObject({ allowed: false, error: { reason: 'timeout' } })
})

test('a fetch that ignores its signal is not waited for', async () => {
  const { limiter } = await aService(yes, { fetch: () => new Promise(() => {}), timeoutMs: 50 })
  expect(await limiter.check(CHECKS)).toMatchObject({ error: { reason: 'timeout' } })
})

test("the caller's signal ends a call with its reason, also for a client that fails open", async () => {
  const { limiter, server } = await aService(answers.hang, { onUnavailable: 'open' })
  const reason = new Error('The caller went away.')
  await expect(limiter.check(CHECKS, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
  const controller = new AbortController()
  const checked = limiter.check(CHECKS, { signal: controller.signal })
  controller.abort(reason)
  await expect(checked).rejects.toBe(reason)
})

test('a refund is told as a number, and its outage is thrown', async () => {
  const { limiter, server } = await aService([answers.json({ refunded: 3 }), answers.text('', 503)])
  expect(await limiter.refund('d-1')).toBe(3)
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ decisionId: 'd-1' })
  const error = await limiter.refund('d-1').catch((thrown) => thrown)
  expect(error).toBeInstanceOf(LimiterUnavailable)
  expect(error).toMatchObject({ reason: 'bad-status', httpStatus: 503 })
})

test.each([
  [{ url: 'limits.example' }, 'url must be an http or https URL, not limits.example'],
  [{ timeoutMs: 0 }, 'timeoutMs must be above 0'],
  [{ timeoutMs: Number.NaN }, 'timeoutMs must be above 0'],
  [{ timeoutMs: 2 ** 31 }, 'at most 2147483647, not 2147483648'],
  [{ onUnavailable: 'maybe' as 'open' }, 'onUnavailable must be open or closed, not maybe'],
])('%j is refused with its value', (options, message) => {
  const usable = { url: 'https://limits.example', token: 't', onUnavailable: 'open' } as const
  expect(() => createLimiterClient({ ...usable, ...options })).toThrow(message)
})

async function aClosedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}/`
}
