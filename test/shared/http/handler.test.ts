import { AppError } from '../../../functions/shared/errors.ts'
import { type HttpRoute, httpHandler } from '../../../functions/shared/http/handler.ts'
import { HttpProblem, json } from '../../../functions/shared/http/response.ts'
import { type EventOptions, httpEvent, lambdaContext, REQUEST_ID } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

/** A handler with one route, `GET /thing`, whose clock goes on by 7 ms at each look. */
function handlerOf(route: HttpRoute, headers?: Record<string, string>) {
  let time = 1_000
  const { telemetry, lines } = recordedTelemetry(() => {
    time += 7
    return time
  })
  const handler = httpHandler({ ...telemetry, routes: { 'GET /thing': route }, ...(headers && { headers }) })
  const call = async (event: Partial<EventOptions> = {}) => {
    const {
      statusCode,
      headers: got = {},
      cookies,
      body,
    } = await handler(httpEvent({ routeKey: 'GET /thing', ...event }), lambdaContext())
    return { status: statusCode, headers: got, body, ...(cookies && { cookies }) }
  }
  return { call, lines }
}

const fails = (error: unknown) =>
  handlerOf(async () => {
    throw error
  })

test('a problem is RFC 9457 with exactly the contract’s members', async () => {
  const { call } = fails(
    new HttpProblem({
      status: 422,
      code: 'invalid-input',
      detail: 'The request has an invalid field: url.',
      errors: [{ path: 'url', message: 'is required' }],
      headers: { 'x-more': 'yes' },
    }),
  )
  const { status, headers, body } = await call()
  expect(status).toBe(422)
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8', 'x-more': 'yes' })
  expect(JSON.parse(String(body))).toEqual({
    type: 'about:blank',
    title: 'Unprocessable Content',
    status: 422,
    detail: 'The request has an invalid field: url.',
    code: 'invalid-input',
    requestId: REQUEST_ID,
    errors: [{ path: 'url', message: 'is required' }],
  })
})

test('a problem without field errors has no member `errors`', async () => {
  const { body } = await fails(new HttpProblem({ status: 404, code: 'not-found', detail: 'Nothing here.' })).call()
  expect(JSON.parse(String(body))).not.toHaveProperty('errors')
})

describe('an unknown error is a 500 that leaks nothing', () => {
  const SECRET = 'table LinksTable-1F2E3D is on fire'
  test.each([
    ['an Error', new Error(SECRET, { cause: new Error(SECRET) })],
    ['a string', SECRET],
    ['an AppError that is not retryable', new AppError('dependency-failed', SECRET, { cause: new Error(SECRET) })],
    ['undefined', undefined],
  ])('%s', async (_, error) => {
    const { call, lines } = fails(error)
    const { status, headers, body } = await call()
    expect(status).toBe(500)
    expect(JSON.parse(String(body))).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'Something went wrong on our side.',
      code: 'internal-error',
      requestId: REQUEST_ID,
    })
    expect(JSON.stringify(headers)).not.toContain(SECRET)
    expect(lines.map(({ level }) => level)).toEqual(['ERROR', 'INFO'])
  })

  test('its message and stack are in the log, with the request’s id', async () => {
    const { call, lines } = fails(new Error(SECRET))
    await call()
    expect(lines[0]).toMatchObject({
      level: 'ERROR',
      message: 'request failed',
      correlation_id: REQUEST_ID,
      error: { message: SECRET, stack: expect.stringContaining('at ') },
    })
  })
})

test('a retryable AppError is a 503 with Retry-After, and is logged', async () => {
  const { call, lines } = fails(new AppError('dependency-failed', 'Reading a link failed', { retryable: true }))
  const { status, headers, body } = await call()
  expect(status).toBe(503)
  expect(headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json; charset=utf-8' })
  expect(JSON.parse(String(body))).toMatchObject({ code: 'unavailable', title: 'Service Unavailable' })
  expect(String(body)).not.toContain('Reading a link')
  expect(lines.map(({ level }) => level)).toEqual(['ERROR', 'INFO'])
})

test('an answer that JSON cannot hold is a 500, not a crash', async () => {
  const { call, lines } = handlerOf(async () => json(200, { count: 1n }))
  expect(await call()).toMatchObject({ status: 500 })
  expect(lines.map(({ level }) => level)).toEqual(['ERROR', 'INFO'])
})

test('a client’s error is not logged as one of ours', async () => {
  const { call, lines } = fails(new HttpProblem({ status: 404, code: 'not-found', detail: 'Nothing here.' }))
  await call()
  expect(lines.map(({ level }) => level)).toEqual(['INFO'])
})

test('a route that the stack has and the function lacks is a 500', async () => {
  const { call, lines } = handlerOf(async () => json(200, {}))
  expect(await call({ routeKey: 'GET /other' })).toMatchObject({ status: 500 })
  expect(lines[0]).toMatchObject({ route: 'GET /other', error: { message: expect.stringContaining('/other') } })
})

describe('every answer has the request’s id and the security headers', () => {
  const COMMON = {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'x-request-id': REQUEST_ID,
  }
  const ok: HttpRoute = async () => json(200, {})
  test.each([
    ['a success', handlerOf(ok)],
    ['a problem', fails(new HttpProblem({ status: 404, code: 'not-found', detail: 'Nothing here.' }))],
    ['an unknown error', fails(new Error('oops'))],
    ['an answer without headers', handlerOf(async () => ({ status: 204 }))],
  ])('%s', async (_, { call }) => {
    expect((await call()).headers).toMatchObject(COMMON)
  })

  test('the function’s own headers replace the common ones, on errors too, and a route’s replace both', async () => {
    const own = { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' }
    const missing = handlerOf(async () => {
      throw new HttpProblem({ status: 404, code: 'not-found', detail: 'Nothing here.' })
    }, own)
    expect((await missing.call()).headers).toMatchObject({ ...COMMON, ...own })
    const cached = handlerOf(async () => json(200, {}, { 'cache-control': 'public, max-age=60' }), own)
    expect((await cached.call()).headers).toMatchObject({ ...own, 'cache-control': 'public, max-age=60' })
  })
})

test('a HEAD’s answer has the status and the headers of a GET’s, and no body', async () => {
  const { call } = handlerOf(async () => json(200, { a: 1 }, { etag: '"v1"' }))
  const get = await call({ method: 'GET' })
  const head = await call({ method: 'HEAD' })
  expect(get.body).toBe('{"a":1}')
  expect(head).toEqual({ ...get, body: undefined })
})

test('a HEAD’s error has no body either', async () => {
  const { call } = fails(new Error('oops'))
  expect(await call({ method: 'HEAD' })).toMatchObject({ status: 500, body: undefined })
})

test('no answer has half of a surrogate pair, in a name, a value or a page', async () => {
  const half = '\ud83d'
  const problem = fails(
    new HttpProblem({
      status: 422,
      code: 'invalid-input',
      detail: `The field ${half}.`,
      errors: [{ path: `a${half}`, message: 'm' }],
      members: { [half]: [half] },
    }),
  )
  expect(JSON.parse(String((await problem.call()).body))).toMatchObject({
    detail: 'The field \ufffd.',
    errors: [{ path: 'a\ufffd', message: 'm' }],
    '\ufffd': ['\ufffd'],
  })
  expect((await handlerOf(async () => json(200, { a: half })).call()).body).toBe('{"a":"\ufffd"}')
  expect((await handlerOf(async () => ({ status: 200, body: `<p>${half}` })).call()).body).toBe('<p>\ufffd')
})

test.each([
  ['a string is sent as it is', 'User-agent: *', 'User-agent: *'],
  ['anything else is sent as JSON', ['a'], '["a"]'],
  ['null is JSON too', null, 'null'],
  ['nothing is sent as nothing', undefined, undefined],
])('%s', async (_, body, sent) => {
  expect((await handlerOf(async () => ({ status: 200, body })).call()).body).toBe(sent)
})

test('one line a request, with what a query needs and nothing of the client', async () => {
  const { call, lines } = handlerOf(async () => json(201, {}))
  await call({ headers: { authorization: 'Bearer secret' }, claims: { sub: 'user-1', tenant: 'acme' }, body: 'hidden' })
  expect(lines).toEqual([
    {
      level: 'INFO',
      message: 'invocation',
      timestamp: '1970-01-01T00:00:01.021Z',
      service: 'a-service',
      cold_start: true,
      function_name: 'a-function',
      function_request_id: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      correlation_id: REQUEST_ID,
      trace_id: '01'.repeat(16),
      span_id: '01'.repeat(8),
      outcome: 'ok',
      route: 'GET /thing',
      http_status: 201,
      latency_ms: 7,
    },
  ])
})

test('cold_start is true for the first request of an environment only, even if that fails', async () => {
  const { call, lines } = fails(new Error('oops'))
  await call()
  await call()
  await call()
  expect(lines.map((line) => line.cold_start)).toEqual([true, true, false, false, false, false])
})

test.each([
  ['base64', Buffer.from([0x00, 0xff, 0xc3, 0xa9])],
  ['text', 'zażółć 🎉'],
])('a route sees the bytes of a body that API Gateway sends as %s', async (_, body) => {
  let seen: Buffer | undefined
  const { call } = handlerOf(async (request) => {
    seen = request.body
    return { status: 204 }
  })
  await call({ body })
  expect(seen).toEqual(Buffer.from(body))
})

test('a route sees its parameters, headers, claims and id, and an absent body as an empty one', async () => {
  let seen: unknown
  const { call } = handlerOf(async (request) => {
    seen = request
    return { status: 204 }
  })
  await call({
    path: '/thing',
    params: { code: 'abc' },
    headers: { accept: 'text/html' },
    claims: { sub: 'user-1' },
    rawQuery: 'a=1&a=%202',
    cookies: ['one=1', 'two=2'],
  })
  expect(seen).toEqual({
    routeKey: 'GET /thing',
    method: 'GET',
    path: '/thing',
    params: { code: 'abc' },
    headers: { accept: 'text/html', host: 'api.example' },
    claims: { sub: 'user-1' },
    requestId: REQUEST_ID,
    rawQuery: 'a=1&a=%202',
    cookies: ['one=1', 'two=2'],
    clientAddress: '203.0.113.7',
    signal: expect.any(AbortSignal),
    logger: expect.any(Object),
    cause: expect.objectContaining({ correlationId: REQUEST_ID }),
    body: Buffer.alloc(0),
  })
})

test.each([
  [{ cookie: 'one=1; two=2' }, ['one=1', 'two=2']],
  [{}, []],
])('cookies that were left in the headers %j are found, too', async (headers, expected) => {
  let seen: readonly string[] | undefined
  const { call } = handlerOf(async ({ cookies }) => {
    seen = cookies
    return { status: 204 }
  })
  await call({ headers })
  expect(seen).toEqual(expected)
})

test('the cookies that a route sets are headers of their own', async () => {
  const { call } = handlerOf(async () => ({ status: 204, cookies: ['one=1; Path=/', 'two=2'] }))
  expect(await call()).toMatchObject({ status: 204, cookies: ['one=1; Path=/', 'two=2'] })
})

test('a public route without parameters has no claims and no parameters', async () => {
  let seen: unknown
  const { call } = handlerOf(async ({ claims, params }) => {
    seen = { claims, params }
    return { status: 204 }
  })
  await call()
  expect(seen).toEqual({ claims: undefined, params: {} })
})

test('a request is the cause of its effects: its id, and its span of the caller’s trace', async () => {
  const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  let cause: unknown
  const { call, lines } = handlerOf(async (request) => {
    cause = request.cause
    return json(200, {})
  })
  await call({ headers: { traceparent: caller } })
  expect(cause).toEqual({
    correlationId: REQUEST_ID,
    causationId: null,
    traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${lines[0]?.span_id}-01`,
  })
})
