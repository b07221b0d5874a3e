import fc from 'fast-check'
import { jsonBody, MAX_BODY_BYTES } from '../../../functions/shared/http/request.ts'
import { HttpProblem } from '../../../functions/shared/http/response.ts'
import { httpEvent, requestOf } from '../../support/events.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

function parse(body: string | Buffer, headers: Record<string, string> = JSON_TYPE, maxBytes?: number): unknown {
  const request = requestOf(httpEvent({ routeKey: 'POST /thing', headers, body }))
  return maxBytes === undefined ? jsonBody(request) : jsonBody(request, maxBytes)
}

function problemOf(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (error instanceof HttpProblem) return { status: error.problem.status, code: error.problem.code }
    throw error
  }
  return 'nothing thrown'
}

/** A JSON string of exactly this many bytes, quotes included, with a character of two bytes in it. */
const jsonOf = (bytes: number) => `"é${'x'.repeat(bytes - 4)}"`

test('any JSON value comes through, sent as text or as base64', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value)
      expect(parse(text)).toEqual(JSON.parse(text))
      expect(parse(Buffer.from(text))).toEqual(JSON.parse(text))
    }),
  )
})

test('a body may have 262,144 bytes, and not one more', () => {
  expect(MAX_BODY_BYTES).toBe(262_144)
  expect(parse(jsonOf(262_144))).toHaveLength(262_141)
  expect(problemOf(() => parse(jsonOf(262_145)))).toEqual({ status: 413, code: 'too-large' })
})

test('the limit counts bytes after base64', () => {
  expect(parse(Buffer.from(jsonOf(262_144)))).toHaveLength(262_141)
  expect(problemOf(() => parse(Buffer.from(jsonOf(262_145))))).toEqual({ status: 413, code: 'too-large' })
})

test('a route may set its own limit', () => {
  expect(parse('12345', JSON_TYPE, 5)).toBe(12345)
  expect(problemOf(() => parse('123456', JSON_TYPE, 5))).toEqual({ status: 413, code: 'too-large' })
})

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;charset=UTF-8',
  ' application/json ; a=b',
])('the media type %j is JSON', (mediaType) => {
  expect(parse('{"a":1}', { 'content-type': mediaType })).toEqual({ a: 1 })
})

test.each([
  'text/plain',
  'application/jsonp',
  'application/json-patch+json',
  'text/plain; a=application/json',
  '',
])('the media type %j is 400', (mediaType) => {
  expect(problemOf(() => parse('{}', { 'content-type': mediaType }))).toEqual({
    status: 400,
    code: 'unsupported-media-type',
  })
})

test('a missing media type is 400', () => {
  expect(problemOf(() => parse('{}', {}))).toEqual({ status: 400, code: 'unsupported-media-type' })
})

test.each([
  ['no body', ''],
  ['no JSON', '{url: 1}'],
  ['two values', '{}{}'],
  ['a lone byte of a sequence', Buffer.from([0x22, 0xc3, 0x22])],
  ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['Latin-1', Buffer.from('"é"', 'latin1')],
])('%s is 400', (_, body) => {
  expect(problemOf(() => parse(body))).toEqual({ status: 400, code: 'invalid-json' })
})

test('a body nested more than 100 levels deep is 400, and brackets in texts count for nothing', () => {
  const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`
  expect(parse(nested(100))).toBeDefined()
  expect(problemOf(() => parse(nested(102)))).toEqual({ status: 400, code: 'invalid-json' })
  expect(problemOf(() => parse('['.repeat(100_000)))).toEqual({ status: 400, code: 'invalid-json' })
  const text = `${'[{"'.repeat(100)}\\`
  expect(parse(JSON.stringify([text, text]))).toEqual([text, text])
})

test('a byte order mark before the value is no part of it, and a second one is 400', () => {
  expect(parse(Buffer.from('\uFEFF{"a":1}'))).toEqual({ a: 1 })
  expect(problemOf(() => parse(Buffer.from('\uFEFF\uFEFF{"a":1}')))).toEqual({ status: 400, code: 'invalid-json' })
})

test('a refused body stays out of the problem', () => {
  expect(() => parse('{"password": hunter2')).toThrow(expect.not.objectContaining({ message: /hunter2/ }))
})
