import { AppError } from '../../../functions/shared/errors.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { moderationRoutes } from '../../../functions/url-shortener/moderate/routes.ts'
import { type EventOptions, httpEvent, jsonEvent, lambdaContext, REQUEST_ID } from '../../support/events.ts'
import { silentTelemetry } from '../../support/telemetry.ts'

const CLAIMS = { sub: 'admin-1', tenant: 'acme', scope: 'links:admin' }
const BLOCK = 'PUT /v1/links/{code}/block'
const UNBLOCK = 'DELETE /v1/links/{code}/block'
const CAUSE = expect.objectContaining({ correlationId: REQUEST_ID, causationId: null })

/** Creates the routes over use cases that know a single link, `abc` of `acme`. */
function api() {
  const asked: unknown[] = []
  const counted: string[] = []
  const isKnown = (input: { tenant?: string; code: string }) => {
    asked.push(input)
    if (input.code === 'down') throw new AppError('dependency-failed', 'The table is down', { retryable: true })
    return input.code === 'abc' && (input.tenant ?? 'acme') === 'acme'
  }
  const handler = httpHandler({
    ...silentTelemetry(),
    routes: moderationRoutes({
      block: async (input) => {
        if (!isKnown(input)) return { outcome: 'not-found' }
        if (input.onlyIfAbsent && input.reason === 'Known.') return { outcome: 'stale' }
        return { outcome: input.reason === 'Known.' ? 'unchanged' : 'blocked' }
      },
      unblock: async (input) => ({ outcome: isKnown(input) ? 'unblocked' : 'not-found' }),
      report: async (input) => (isKnown(input) ? 'stored' : 'unknown'),
      count: (metric) => counted.push(metric),
      tenancy: 'multi',
    }),
  })
  const send = async (event: ReturnType<typeof httpEvent>) => {
    const { statusCode, body } = await handler(event, lambdaContext())
    return { status: statusCode, body: body === undefined ? undefined : JSON.parse(body) }
  }
  const options = (more: Partial<EventOptions>) => ({ claims: CLAIMS, params: { code: 'abc' }, ...more })
  return {
    asked,
    counted,
    block: (json: unknown, more: Partial<EventOptions> = {}) =>
      send(jsonEvent({ routeKey: BLOCK, json, ...options(more) })),
    unblock: (more: Partial<EventOptions> = {}) => send(httpEvent({ routeKey: UNBLOCK, ...options(more) })),
    report: (json: unknown) => send(jsonEvent({ routeKey: 'POST /v1/reports', json })),
  }
}

test('a block gets 204 without a body, has its reason and author, and is counted', async () => {
  const { block, asked, counted } = api()
  expect(await block({ reason: 'Spam.' })).toEqual({ status: 204, body: undefined })
  const selector = { tenant: 'acme', code: 'abc', onlyIfAbsent: false }
  expect(asked).toEqual([{ ...selector, reason: 'Spam.', blockedBy: 'admin-1', cause: CAUSE }])
  expect(counted).toEqual(['LinkBlocked'])
})

test('If-None-Match: * blocks only a link that is not blocked, otherwise 412', async () => {
  const { block, counted } = api()
  const headers = { 'if-none-match': '*' }
  expect((await block({ reason: 'Spam.' }, { headers })).status).toBe(204)
  expect(await block({ reason: 'Known.' }, { headers })).toMatchObject({
    status: 412,
    body: { code: 'precondition-failed' },
  })
  expect(await block({ reason: 'Spam.' }, { headers: { 'if-none-match': 'x' } })).toMatchObject({ status: 412 })
  expect(counted).toEqual(['LinkBlocked'])
})

test('a reason is converted to NFC, as it is stored', async () => {
  const { block, report, asked } = api()
  await block({ reason: 'e\u0301' })
  await report({ code: 'abc', reason: 'e\u0301' })
  expect(asked).toMatchObject([{ reason: '\u00e9' }, { reason: '\u00e9' }])
})

test('a block that changes nothing gets 204, too, and is not counted again', async () => {
  const { block, counted } = api()
  expect(await block({ reason: 'Known.' })).toEqual({ status: 204, body: undefined })
  expect(counted).toEqual([])
})

test('an unblocking gets 204 without a body', async () => {
  const { unblock, asked } = api()
  expect(await unblock()).toEqual({ status: 204, body: undefined })
  expect(asked).toEqual([{ tenant: 'acme', code: 'abc', cause: CAUSE }])
})

test.each([
  ['another tenant’s link', { claims: { ...CLAIMS, tenant: 'other' } }],
  ['a missing link', { params: { code: 'nope' } }],
  ['what cannot be a code', { params: { code: 'a b' } }],
])('%s gets 404, and is not counted', async (_, more) => {
  const { block, unblock, counted } = api()
  for (const answer of [await block({ reason: 'Spam.' }, more), await unblock(more)]) {
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found'])
  }
  expect(counted).toEqual([])
})

test('the scope to write links does not allow blocking them', async () => {
  const { block, unblock, asked } = api()
  const claims = { ...CLAIMS, scope: 'links:read links:write' }
  for (const answer of [await block({ reason: 'Spam.' }, { claims }), await unblock({ claims })]) {
    expect([answer.status, answer.body.code]).toEqual([403, 'scope-missing'])
  }
  expect(asked).toEqual([])
})

test.each([
  [{}, ['reason']],
  [{ reason: '' }, ['reason']],
  [{ reason: 'x'.repeat(501) }, ['reason']],
  [{ reason: 'x', until: 'tomorrow' }, ['until']],
])('the block %j gets 422, which names the fields', async (json, paths) => {
  const { block, asked } = api()
  const { status, body } = await block(json)
  expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([422, paths])
  expect(asked).toEqual([])
})

test('a report gets 202 without a body, whether or not the link exists, and only a stored one is counted', async () => {
  const { report, asked, counted } = api()
  const reason = 'x'.repeat(500)
  const answers = [await report({ code: 'abc', reason }), await report({ code: 'nope', reason })]
  answers.push(await report({ code: 'no code at all', reason }))
  expect(answers).toEqual(Array(3).fill({ status: 202, body: undefined }))
  expect(asked[0]).toEqual({ code: 'abc', reason, cause: CAUSE })
  expect(counted).toEqual(['LinkReported'])
})

test.each([
  [{ code: 'abc' }, ['reason']],
  [{ reason: 'Spam.' }, ['code']],
  [{ code: 'x'.repeat(65), reason: 'x'.repeat(501) }, ['code', 'reason']],
  [{ code: 'abc', reason: 'Spam.', tenant: 'acme' }, ['tenant']],
  [{ code: 'abc\ud83d', reason: '\ude00 spam' }, ['code', 'reason']],
])('the report %j gets 422, which names the fields', async (json, paths) => {
  const { status, body } = await api().report(json)
  expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([422, paths])
})

test('a table that does not respond causes a 503', async () => {
  const { block, report } = api()
  expect((await block({ reason: 'Spam.' }, { params: { code: 'down' } })).status).toBe(503)
  expect((await report({ code: 'down', reason: 'Spam.' })).status).toBe(503)
})
