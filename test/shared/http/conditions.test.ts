import fc from 'fast-check'
import { applyConditions, etag, preconditions, stale } from '../../../functions/shared/http/conditions.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { HttpProblem, type HttpResponse, json } from '../../../functions/shared/http/response.ts'
import { meetsPreconditions } from '../../../functions/shared/preconditions.ts'
import { httpEvent, lambdaContext, requestOf } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const requestWith = (method: string, headers: Record<string, string>) =>
  requestOf(httpEvent({ routeKey: `${method} /thing`, headers }))

const asked = (value?: string) =>
  preconditions(requestWith('PATCH', value === undefined ? {} : { 'if-match': value })).ifMatch

/** @returns the problem that something throws: any other outcome fails the test. */
function problemOf(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (error instanceof HttpProblem) return error.problem
    throw error
  }
  throw new Error('Nothing was thrown.')
}

const refusal = (value: string) => problemOf(() => asked(value))

test('no If-Match asks for nothing, and * for any version', () => {
  expect([undefined, '*', ' * '].map((value) => asked(value))).toEqual([undefined, '*', '*'])
})

test.each<[string, string]>([
  ['"version-1"', 'version-1'],
  [' "version-1"\t', 'version-1'],
  ['"01JP5Z8V3K7Q2M4N6R8T0W1X3Y"', '01JP5Z8V3K7Q2M4N6R8T0W1X3Y'],
  ['"A_b-9"', 'A_b-9'],
])('the tag %s asks for its version', (value, version) => {
  expect(asked(value)).toEqual([version])
})

test.each<[string, string[]]>([
  ['"version-1", "version-2"', ['version-1', 'version-2']],
  ['"version-1","version-2"', ['version-1', 'version-2']],
  ['W/"version-1", "version-2"', ['version-2']],
  ['"a,b", "version-2"', ['version-2']],
  [', "version-1", ,\t"version-2" ,', ['version-1', 'version-2']],
  ['"version!1", "", "version-2"', ['version-2']],
])('the tags %s ask for one of %j', (value, versions) => {
  expect(asked(value)).toEqual(versions)
})

test('a long header is parsed quickly, whether it is a valid list or not', () => {
  const tags = Array(5000).fill('"version-1"')
  expect(asked(tags.join(', '))).toHaveLength(5000)
  expect(refusal(`${tags.join(' , ')} ,,,, "`)).toMatchObject({ status: 412 })
  expect(refusal(`"version-1"${', '.repeat(4000)}x`)).toMatchObject({ status: 412 })
  expect(refusal(`${', '.repeat(4000)}x`)).toMatchObject({ status: 412 })
})

test.each<[string, string]>([
  ['a weak tag', 'W/"version-1"'],
  ['weak tags', 'W/"version-1", W/"version-2"'],
  ['tags without a comma', '"version-1" "version-2"'],
  ['commas', ', ,'],
  ['a version without quotes', 'version-1'],
  ['a version with one quote', '"version-1'],
  ['a version in single quotes', "'version-1'"],
  ['nothing', ''],
  ['spaces', '  '],
  ['a tag of nothing', '""'],
  ['a tag with what no version of ours has', '"version 1"'],
  ['* in quotes', '"*"'],
  ['* and a tag', '*, "version-1"'],
  ['a tag with a newline after it', '"version-1"\n"version-2"'],
])('%s matches no version: 412', (_, value) => {
  expect(refusal(value)).toMatchObject({ status: 412, code: 'precondition-failed' })
})

test('an ETag from a response is accepted', () => {
  const tag = etag('version-1')
  expect(tag).toBe('"version-1"')
  expect(asked(tag)).toEqual(['version-1'])
})

test('a stale version is 412 and says what to do', () => {
  expect(stale().problem).toMatchObject({
    status: 412,
    code: 'precondition-failed',
    detail: expect.stringContaining('If-Match'),
  })
})

describe('If-None-Match of a change', () => {
  const askedFor = (value: string) => preconditions(requestWith('PATCH', { 'if-none-match': value })).ifNoneMatch

  test.each<[string, string[] | '*']>([
    ['*', '*'],
    [' * ', '*'],
    ['"version-1"', ['version-1']],
    ['W/"version-1", "version-2"', ['version-1', 'version-2']],
    ['"*"', []],
    ['"version!1", ""', []],
  ])('%s names %j', (value, versions) => {
    expect(askedFor(value)).toEqual(versions)
  })

  test.each(['version-1', '*, "version-1"', '"version-1', '', '"a" "b"'])('%j cannot be read: 412', (value) => {
    expect(problemOf(() => askedFor(value))).toMatchObject({ status: 412, code: 'precondition-failed' })
  })
})

test('a version meets preconditions if If-Match names it and If-None-Match does not', () => {
  const versions = fc.subarray(['1', '2', '3'])
  fc.assert(
    fc.property(
      fc.option(versions),
      fc.option(fc.oneof(versions, fc.constant('*' as const))),
      (ifMatch, ifNoneMatch) => {
        const given = { ...(ifMatch && { ifMatch }), ...(ifNoneMatch && { ifNoneMatch }) }
        const isRefused = ifNoneMatch === '*' || ifNoneMatch?.includes('1')
        expect(meetsPreconditions(given, '1')).toBe((ifMatch?.includes('1') ?? true) && !isRefused)
      },
    ),
  )
})

describe('the conditions of a read', () => {
  const OK = json(200, { a: 1 }, { etag: '"version-1"', 'x-more': 'yes' })
  const applied = (headers: Record<string, string>, response: HttpResponse = OK, method = 'GET') =>
    applyConditions(requestWith(method, headers), response)

  test.each([
    '"version-1"',
    'W/"version-1"',
    '"version-0", W/"version-1"',
    '*',
    ', "version-1" ,',
  ])('If-None-Match: %s has the current version: 304 with its headers and no body', (value) => {
    for (const method of ['GET', 'HEAD']) {
      expect(applied({ 'if-none-match': value }, OK, method)).toEqual({
        status: 304,
        headers: { etag: '"version-1"', 'x-more': 'yes' },
      })
    }
  })

  test.each([
    '"version-0"',
    'W/"version-10"',
    '"*"',
    'version-1',
    '"version-1',
    '*, "version-1"',
    '',
  ])('If-None-Match: %s does not: the answer is as it was', (value) => {
    expect(applied({ 'if-none-match': value })).toBe(OK)
  })

  test('If-Match comes first: 412 for another version, whatever If-None-Match says', () => {
    for (const value of ['"version-0"', 'W/"version-1"', 'nonsense']) {
      const headers = { 'if-match': value, 'if-none-match': '"version-1"' }
      expect(problemOf(() => applied(headers))).toMatchObject({ status: 412, code: 'precondition-failed' })
    }
    const headers = { 'if-match': '"version-1"', 'if-none-match': '"version-1"' }
    expect(applied(headers).status).toBe(304)
    expect(applied({ 'if-match': '*' })).toBe(OK)
  })

  test.each<[string, HttpResponse, string]>([
    ['an answer without an ETag', json(200, []), 'GET'],
    ['a refusal', json(404, {}, { etag: '"version-1"' }), 'GET'],
    ['a redirect', { status: 302, headers: { etag: '"version-1"' } }, 'GET'],
    ['the answer to a POST', OK, 'POST'],
    ['the answer to a PATCH', OK, 'PATCH'],
  ])('leave %s as it is', (_, response, method) => {
    const conditions = [
      ['if-none-match', '"version-1"'],
      ['if-none-match', '*'],
      ['if-match', '"other"'],
    ] as const
    for (const [name, value] of conditions) expect(applied({ [name]: value }, response, method)).toBe(response)
  })

  test('hold on every route of a function: 304 has the common headers, 412 is a problem', async () => {
    const handler = httpHandler({ ...recordedTelemetry().telemetry, routes: { 'GET /thing': async () => OK } })
    const send = (headers: Record<string, string>) =>
      handler(httpEvent({ routeKey: 'GET /thing', headers }), lambdaContext())
    const unchanged = await send({ 'if-none-match': '"version-1"' })
    expect(unchanged).toMatchObject({ statusCode: 304, headers: { etag: '"version-1"', 'cache-control': 'no-store' } })
    expect(unchanged).not.toHaveProperty('body')
    expect(unchanged.headers).not.toHaveProperty('content-type')
    expect(await send({ 'if-match': '"version-0"' })).toMatchObject({
      statusCode: 412,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    })
  })
})
