import { SlotLost } from '../../../clients/limiter/src/errors.ts'
import { type Answer, answers } from '../../support/misbehaving-server.ts'
import { aService, denied, OUTAGES, problem } from './a-service.ts'

const request = { policy: 'jobs', subject: 'acme', ttlMs: 60_000 }
/** The client goes by the time that it asked for; a minimum of a second is the service's. */
const brief = { ...request, ttlMs: 60 }
const expiresAt = '2030-01-01T00:00:00.000Z'
const acquired = answers.json({ slotId: 's-1', expiresAt }, 201)
const held = answers.json({ expiresAt })
const lost = problem(404, { code: 'not-found' })
const released: Answer = (response) => {
  response.statusCode = 204
  response.end()
}
const down = answers.text('', 503)

describe.each(['open', 'closed'] as const)('a client that fails %s', (onUnavailable) => {
  test.each(OUTAGES)('decides about a slot itself after %s (%s)', async (_, reason, answer) => {
    const timeoutMs = reason === 'timeout' ? 100 : 20_000
    const { limiter, server } = await aService(answer, { onUnavailable, timeoutMs })
    expect(await limiter.acquire(request)).toMatchObject({
      outcome: 'unavailable',
      allowed: onUnavailable === 'open',
      error: { reason },
    })
    expect(server.requests).toHaveLength(1)
  })

  test('begins work without a slot only when it fails open', async () => {
    const { limiter } = await aService(down, { onUnavailable })
    const result = await limiter.withSlot(request, async () => 'worked')
    const expected = { open: { outcome: 'done', value: 'worked' }, closed: { outcome: 'unavailable' } }
    expect(result).toMatchObject(expected[onUnavailable])
  })
})

test('a slot is acquired, held and released', async () => {
  const { limiter, server } = await aService([acquired, held, released])
  expect(await limiter.acquire({ ...request, idempotencyKey: 'job-7' })).toEqual({
    outcome: 'acquired',
    slotId: 's-1',
    expiresAt: new Date(expiresAt),
  })
  expect(await limiter.heartbeat('s-1')).toEqual({ outcome: 'held', expiresAt: new Date(expiresAt) })
  expect(await limiter.release('s-1')).toEqual({ outcome: 'released' })
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(request)
  expect(server.requests[0]?.headers['idempotency-key']).toBe('job-7')
})

test('a denial says when to try again, if the service does', async () => {
  const { limiter } = await aService([denied, problem(429, { code: 'rate-limited' })])
  expect(await limiter.acquire(request)).toEqual({ outcome: 'denied', retryAfterMs: 3000 })
  expect(await limiter.acquire(request)).toEqual({ outcome: 'denied', retryAfterMs: null })
})

test('a slot that is gone is lost, and a URL that is wrong is not', async () => {
  const { limiter } = await aService([lost, lost, answers.text('', 404)])
  expect(await limiter.heartbeat('s-1')).toEqual({ outcome: 'lost' })
  expect(await limiter.release('s-1')).toEqual({ outcome: 'lost' })
  await expect(limiter.heartbeat('s-1')).rejects.toMatchObject({ code: 'http-404' })
})

test('work that is denied a slot does not begin', async () => {
  const { limiter } = await aService(denied)
  const work = () => Promise.reject(new Error('The work began.'))
  expect(await limiter.withSlot(request, work)).toEqual({ outcome: 'denied', retryAfterMs: 3000 })
})

test('work holds its slot by heartbeats, and gives it back at its end', async () => {
  let beats = 0
  const { limiter, methods, reached } = await aSlot(() => {
    beats += 1
    return held
  })
  // Four thirds of its life, which a busy machine does not bring to an end between two heartbeats.
  const result = await limiter.withSlot({ ...request, ttlMs: 900 }, async () => {
    await reached(() => beats >= 4)
    return 'worked'
  })
  expect(result).toEqual({ outcome: 'done', value: 'worked' })
  expect(methods()).toEqual(['POST', ...Array(beats).fill('PUT'), 'DELETE'])
})

test('a slot is given back when work fails, and the failure is what the caller gets', async () => {
  const { limiter, methods } = await aSlot(() => held)
  const failure = new Error('The work failed.')
  await expect(limiter.withSlot(request, () => Promise.reject(failure))).rejects.toBe(failure)
  expect(methods()).toEqual(['POST', 'DELETE'])
})

test('work that is done counts, also when its slot cannot be given back', async () => {
  const { limiter } = await aService([acquired, down])
  expect(await limiter.withSlot(request, async () => 'worked')).toEqual({ outcome: 'done', value: 'worked' })
})

test('work whose slot is lost is told by its signal', async () => {
  const { limiter } = await aSlot(() => lost)
  const reason = await limiter.withSlot(brief, aborted)
  expect(reason).toMatchObject({ value: expect.any(SlotLost) })
})

test('silence until the slot expires loses it for a client that fails closed', async () => {
  const { limiter } = await aSlot(() => answers.hang)
  const reason = await limiter.withSlot(brief, aborted)
  expect(reason).toMatchObject({ value: { name: 'SlotLost', slotId: 's-1' } })
})

test('a client that fails open works on through an outage, and is told afterwards when the slot is lost', async () => {
  let beats = 0
  const { limiter } = await aSlot(() => (++beats < 8 ? down : lost), 'open')
  const reason = await limiter.withSlot(brief, aborted)
  // Seven heartbeats are more than two times the slot's life.
  expect([beats, reason]).toMatchObject([8, { value: { name: 'SlotLost' } }])
})

test("the caller's signal reaches the work, and a slot that comes too late is given back", async () => {
  const { limiter, methods } = await aSlot(() => held)
  const controller = new AbortController()
  const reason = new Error('The caller went away.')
  const result = await limiter.withSlot({ ...request, signal: controller.signal }, (signal) => {
    controller.abort(reason)
    return aborted(signal)
  })
  expect(result).toEqual({ outcome: 'done', value: reason })
  expect(methods()).toEqual(['POST', 'DELETE'])
})

/** Resolves with the reason when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason)
    signal.addEventListener('abort', () => resolve(signal.reason))
  })
}

/** A service that gives a slot, answers heartbeats as it is told, and takes the slot back. */
async function aSlot(onHeartbeat: () => Answer, onUnavailable: 'open' | 'closed' = 'closed') {
  const methods: string[] = []
  let tell = () => {}
  const { limiter } = await aService(
    (response) => {
      const { method = '' } = response.req
      methods.push(method)
      const answer = method === 'POST' ? acquired : method === 'DELETE' ? released : onHeartbeat()
      answer(response)
      tell()
    },
    { onUnavailable },
  )
  const reached = (claim: () => boolean) =>
    new Promise<void>((resolve) => {
      tell = () => claim() && resolve()
    })
  return { limiter, methods: () => methods, reached }
}
