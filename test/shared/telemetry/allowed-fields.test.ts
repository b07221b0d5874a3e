import fc from 'fast-check'
import { allowedFields } from '../../../functions/shared/telemetry/allowed-fields.ts'
import { EmbeddedMetrics, LOG_FIELDS, type LogFields } from '../../../functions/shared/telemetry/log-fields.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { REDACTED } from '../../../functions/shared/telemetry/redact-text.ts'

test.each<[keyof LogFields, unknown]>([
  ['correlation_id', 'JKJaXmPLvHcESHA='],
  ['route', 'GET /v1/links/{code}'],
  ['latency_ms', 12.5],
  ['http_status', 0],
  ['cold_start', false],
  ['reason', 'It has no total'],
])('the field %s is written as it is: %j', (name, value) => {
  expect(allowedFields({ [name]: value })).toStrictEqual({ [name]: value })
})

test.each<[keyof LogFields, unknown]>([
  ['correlation_id', 7],
  ['correlation_id', 'x'.repeat(257)],
  ['correlation_id', 'two\nlines'],
  ['code', { name: 'jane' }],
  ['code', ['jane']],
  ['http_status', '200'],
  ['http_status', 200n],
  ['cold_start', 'yes'],
  ['reason', { text: 'jane' }],
  ['metrics', { _aws: {}, jane: 1 }],
])('the field %s is not written with a value of another kind: %p', (name, value) => {
  expect(allowedFields({ [name]: value })).toStrictEqual({ [name]: REDACTED })
})

test('a field without a value is left out', () => {
  expect(allowedFields({ code: undefined, end: null })).toStrictEqual({})
})

test('a field that is not on the list shows its name and not its value', () => {
  expect(allowedFields({ userName: 'jane', http_status: 200 })).toStrictEqual({ userName: REDACTED, http_status: 200 })
})

test.each([
  'subject',
  'pk',
  'sk',
])('there is no field %s: callers choose a part of it, which may be a name or an address', (name) => {
  for (const value of ['acme/ann@example.com', 'U#acme#ann', '203.0.113.7']) {
    expect(allowedFields({ [name]: value })).toStrictEqual({ [name]: REDACTED })
  }
})

test('a name that may be a value itself is counted, and so are many', () => {
  expect(allowedFields({ 'jane@example.com': 1, '203.0.113.7': 2, code: 'abc' })).toStrictEqual({
    code: 'abc',
    refused_fields: 2,
  })
  const many = Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`x_${'a'.repeat(index + 1)}`, index]))
  const left = allowedFields(many)
  expect(Object.values(left).filter((value) => value === REDACTED)).toHaveLength(20)
  expect(left.refused_fields).toBe(6)
})

test('metrics become fields of the line, whole', () => {
  const metrics = createMetrics({ namespace: 'Stackyard/Test', names: ['Handled'], stack: 'a-stack' })
  metrics.addMetric('Handled', 'Count', 2)
  const emf = metrics.serializeMetrics()
  expect(allowedFields({ code: 'abc', metrics: new EmbeddedMetrics(emf) })).toStrictEqual({ code: 'abc', ...emf })
})

test('names of fields are in snake_case', () => {
  for (const name of Object.keys(LOG_FIELDS)) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/)
})

/** Secrets of a recognisable format, plain and percent-encoded. */
const secretText = fc
  .oneof(
    fc.emailAddress(),
    fc.ipV4(),
    fc.ipV6(),
    fc.base64String({ minLength: 24 }).map((text) => `Bearer ${text}`),
    fc.constantFrom('eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ', 'AKIAIOSFODNN7EXAMPLE'),
  )
  .chain((secret) => fc.constantFrom(secret, encodeURIComponent(secret)))

/** A value that holds the secret somewhere: as a name, in a list, behind a getter, in an error's cause or property. */
function holding(secret: string): fc.Arbitrary<unknown> {
  const { value } = fc.letrec((again) => ({
    leaf: fc.constantFrom(
      secret,
      { toJSON: () => secret },
      { toString: () => secret },
      Buffer.from(secret),
      new URL(`https://example.com/?q=${encodeURIComponent(secret)}`),
      new Error(`failed for ${secret}`),
      new Error(`GET https://example.com/a?to=${secret}#${secret}`),
      Object.assign(new Error('failed'), { secret, config: { headers: { authorization: secret } } }),
      Object.defineProperty({}, 'lazy', { enumerable: true, get: () => secret }),
      cycle(secret),
    ),
    value: fc.oneof(
      { maxDepth: 4 },
      again('leaf'),
      again('value').map((inner) => [inner]),
      again('value').map((inner) => ({ [secret]: inner, code: inner, message: inner })),
      again('value').map((inner) => new Map([[secret, inner]])),
      again('value').map((cause) => new Error('outer', { cause })),
      again('value').map((inner) => new AggregateError([inner], `several of ${secret}`)),
    ),
  }))
  return value
}

function cycle(secret: string): object {
  const loop: Record<string, unknown> = { secret }
  loop.self = [loop]
  const error = new Error(secret, { cause: loop })
  return Object.assign(error, { cause: error })
}

/** All but ids: what is an id is for the code to say, and it is short and of one line. */
const names = Object.entries(LOG_FIELDS).flatMap(([name, kind]) => (kind === 'id' ? [] : [name]))

test('no secret gets onto a line, wherever it is hidden', () => {
  const hidden = secretText.chain((secret) =>
    fc.record({
      secret: fc.constant(secret),
      fields: fc.dictionary(
        fc.oneof(fc.constantFrom(...names, 'user', 'toJSON', '__proto__', 'constructor'), fc.constant(secret)),
        holding(secret),
        { minKeys: 1 },
      ),
    }),
  )
  fc.assert(
    fc.property(hidden, ({ secret, fields }) => {
      const line = JSON.stringify(allowedFields(fields))
      expect(line).not.toContain(secret)
      expect(line).not.toContain(JSON.stringify(secret).slice(1, -1))
      expect(line).not.toContain([...Buffer.from(secret)].slice(0, 4).join(','))
    }),
    { numRuns: 5000 },
  )
})

test('an id is a text of one line, and never more than a text', () => {
  const ids = Object.entries(LOG_FIELDS).flatMap(([name, kind]) => (kind === 'id' ? [name] : []))
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.anything({ withMap: true, withDate: true, withBigInt: true, withTypedArray: true }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...ids), value, (name, id) => {
      for (const written of Object.values(allowedFields({ [name]: id }))) {
        expect(written === REDACTED || (written === id && /^[\x20-\x7e]{0,256}$/.test(String(id)))).toBe(true)
        expect(typeof written).toBe('string')
      }
    }),
  )
})
