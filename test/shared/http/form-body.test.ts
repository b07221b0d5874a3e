import fc from 'fast-check'
import { formOrJsonBody } from '../../../functions/shared/http/form-body.ts'
import { MAX_BODY_BYTES } from '../../../functions/shared/http/request.ts'
import { HttpProblem } from '../../../functions/shared/http/response.ts'
import { httpEvent, requestOf } from '../../support/events.ts'

const FORM = 'application/x-www-form-urlencoded'

function parse(body: string | Buffer, contentType = FORM, maxBytes?: number): unknown {
  const headers = { 'content-type': contentType }
  const request = requestOf(httpEvent({ routeKey: 'POST /thing', headers, body }))
  return maxBytes === undefined ? formOrJsonBody(request) : formOrJsonBody(request, maxBytes)
}

function problemOf(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (error instanceof HttpProblem) return `${error.problem.status} ${error.problem.code}`
    throw error
  }
  return 'nothing thrown'
}

test('any form comes through, sent as text or as base64, as API Gateway sends forms', () => {
  const fields = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
  fc.assert(
    fc.property(fields, (form) => {
      const text = new URLSearchParams(form).toString()
      expect(parse(text)).toEqual({ ...form })
      expect(parse(Buffer.from(text))).toEqual({ ...form })
    }),
  )
})

test('a plus is a space, and a plus that is meant is escaped', () => {
  expect(parse('password=a+b%2Bc')).toEqual({ password: 'a b+c' })
})

test('a field that is given twice is refused', () => {
  expect(problemOf(() => parse('password=a&password=b'))).toBe('422 invalid-input')
})

test('a media type that is given twice is refused, whatever it is', () => {
  for (const twice of [`${FORM},${FORM}`, 'application/json, application/json', `${FORM};a="b,c", x/y`]) {
    expect(problemOf(() => parse('a=b', twice))).toBe('422 invalid-input')
  }
  expect(parse('a=b', `${FORM};a="b,c"`)).toEqual({ a: 'b' })
})

test('an invalid escape stays as it is, and bytes that are not UTF-8 cause no failure', () => {
  expect(parse('a=%zz&b=%ff')).toEqual({ a: '%zz', b: '\ufffd' })
  expect(parse(Buffer.from([0x61, 0x3d, 0xff]))).toEqual({ a: '\ufffd' })
})

test.each(['', '&&', '='])('the form %j has no field of a name', (text) => {
  expect(Object.keys(parse(text) as object).filter(Boolean)).toEqual([])
})

test.each([FORM, `${FORM}; charset=UTF-8`, `  ${FORM.toUpperCase()} ;a=b`])('%j is a form', (contentType) => {
  expect(parse('{"a":1}', contentType)).toEqual({ '{"a":1}': '' })
})

test('JSON is read as everywhere', () => {
  expect(parse('{"a":[1]}', 'application/json; charset=utf-8')).toEqual({ a: [1] })
  expect(problemOf(() => parse('{', 'application/json'))).toBe('400 invalid-json')
})

test.each([
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/x-www-form-urlencoded2',
  '',
])('the media type %j is refused', (contentType) => {
  expect(problemOf(() => parse('a=b', contentType))).toBe('400 unsupported-media-type')
})

test('a form has the limit of any body', () => {
  expect(parse(`a=${'x'.repeat(MAX_BODY_BYTES - 2)}`)).toEqual({ a: 'x'.repeat(MAX_BODY_BYTES - 2) })
  expect(problemOf(() => parse(`a=${'x'.repeat(MAX_BODY_BYTES - 1)}`))).toBe('413 too-large')
  expect(problemOf(() => parse('a=bcd', FORM, 4))).toBe('413 too-large')
})
