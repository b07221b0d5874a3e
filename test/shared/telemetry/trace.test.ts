import fc from 'fast-check'
import { continueTrace, formatTraceparent, type TraceSources } from '../../../functions/shared/telemetry/trace.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT_ID = '00f067aa0ba902b7'
const VALID = `00-${TRACE_ID}-${PARENT_ID}-01`
const ROOT = 'Root=1-67891233-abcdef012345678912345678'

/** Bytes that count up from 1, so that two ids differ. */
const continueFrom = (sources: TraceSources) => {
  let next = 0
  return continueTrace(sources, (count) =>
    Uint8Array.from({ length: count }, () => {
      next += 1
      return next
    }),
  )
}

/** The first random bytes are the span's. */
const SPAN_ID = '0102030405060708'
const NEW_TRACE = { traceId: '090a0b0c0d0e0f101112131415161718', spanId: SPAN_ID, sampled: true }

test.each<[string, string, boolean]>([
  ['version 00', VALID, true],
  ['not sampled', `00-${TRACE_ID}-${PARENT_ID}-00`, false],
  ['other flags beside sampled', `00-${TRACE_ID}-${PARENT_ID}-ff`, true],
  ['other flags without sampled', `00-${TRACE_ID}-${PARENT_ID}-fe`, false],
  ['a future version', `cc-${TRACE_ID}-${PARENT_ID}-01`, true],
  ['a future version with more parts', `cc-${TRACE_ID}-${PARENT_ID}-01-what-the-future-holds`, true],
  ['version fe, the last one', `fe-${TRACE_ID}-${PARENT_ID}-00-x`, false],
  ['spaces around it', ` \t${VALID} `, true],
])('a trace goes on from a traceparent: %s', (_, traceparent, sampled) => {
  const trace = { traceId: TRACE_ID, spanId: SPAN_ID, parentSpanId: PARENT_ID, sampled }
  expect(continueFrom({ traceparent })).toEqual(trace)
  expect(continueFrom({ traceparent, xray: ROOT })).toEqual(trace)
})

const MALFORMED: [string, string | undefined][] = [
  ['absent', undefined],
  ['empty', ''],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT_ID}-01`],
  ['a parent id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
  ['version ff', `ff-${TRACE_ID}-${PARENT_ID}-01`],
  ['version 00 with more parts', `${VALID}-more`],
  ['version 00 with a dash at the end', `${VALID}-`],
  ['version 00 with more parts after spaces', ` ${VALID}-more`],
  ['a future version with more that is no part', `cc-${TRACE_ID}-${PARENT_ID}-01.more`],
  ['a version of one digit', `0-${TRACE_ID}-${PARENT_ID}-01`],
  ['a version that is no number', `0x-${TRACE_ID}-${PARENT_ID}-01`],
  ['a trace id of 31 digits', `00-${TRACE_ID.slice(1)}-${PARENT_ID}-01`],
  ['a trace id of 33 digits', `00-${TRACE_ID}0-${PARENT_ID}-01`],
  ['a parent id of 15 digits', `00-${TRACE_ID}-${PARENT_ID.slice(1)}-01`],
  ['a parent id of 17 digits', `00-${TRACE_ID}-${PARENT_ID}0-01`],
  ['flags of one digit', `00-${TRACE_ID}-${PARENT_ID}-1`],
  ['flags of three digits', `00-${TRACE_ID}-${PARENT_ID}-001`],
  ['no flags', `00-${TRACE_ID}-${PARENT_ID}`],
  ['a trace id in upper case', `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`],
  ['a parent id in upper case', `00-${TRACE_ID}-${PARENT_ID.toUpperCase()}-01`],
  ['a letter that is no digit', `00-${TRACE_ID.replace('f', 'g')}-${PARENT_ID}-01`],
  ['other separators', VALID.replaceAll('-', '_')],
  ['two of them, joined by a comma', `${VALID},${VALID}`],
  ['a space within', VALID.replace('-', '- ')],
]

describe.each(MALFORMED)('a traceparent that is %s counts as none', (_, traceparent) => {
  test('a new trace begins', () => {
    expect(continueFrom({ traceparent })).toEqual(NEW_TRACE)
  })

  test('X-Ray’s trace goes on, where there is one', () => {
    expect(continueFrom({ traceparent, xray: ROOT })).toEqual({
      traceId: '67891233abcdef012345678912345678',
      spanId: SPAN_ID,
      sampled: true,
    })
  })
})

test.each([
  ROOT,
  `Self=1-67891234-12456789abcdef012345678;${ROOT}`,
  `${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`,
  `a=b; ${ROOT}`,
])('the root of %j is the trace', (xray) => {
  expect(continueFrom({ xray })).toMatchObject({ traceId: '67891233abcdef012345678912345678' })
})

test.each([
  '',
  'Root=',
  'Root=2-67891233-abcdef012345678912345678',
  'Root=1-6789123-abcdef012345678912345678',
  'Root=1-67891233-abcdef0123456789123456789',
  'Root=1-67891233abcdef012345678912345678',
  'Root=1-67891233-ABCDEF012345678912345678',
  `Root=1-${'0'.repeat(8)}-${'0'.repeat(24)}`,
  'NotRoot=1-67891233-abcdef012345678912345678',
  'Self=1-67891233-abcdef012345678912345678',
])('%j has no root: a new trace begins', (xray) => {
  expect(continueFrom({ xray })).toEqual(NEW_TRACE)
})

test.each([
  [true, '01'],
  [false, '00'],
])('the next function gets the trace, this span and sampled %s', (sampled, flags) => {
  const trace = { traceId: TRACE_ID, spanId: SPAN_ID, parentSpanId: PARENT_ID, sampled }
  expect(formatTraceparent(trace)).toBe(`00-${TRACE_ID}-${SPAN_ID}-${flags}`)
})

const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((id) => /[^0]/.test(id))

test('a trace that is handed on is continued: same trace, this span as the parent, same sampling', () => {
  fc.assert(
    fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, sampled) => {
      const traceparent = formatTraceparent({ traceId, spanId, sampled })
      expect(continueFrom({ traceparent })).toEqual({ traceId, spanId: SPAN_ID, parentSpanId: spanId, sampled })
    }),
    { numRuns: 1000 },
  )
})

test('whatever the headers hold, what is handed on is valid', () => {
  const header = fc.option(
    fc.oneof(fc.string(), fc.constantFrom(VALID, ROOT), fc.constantFrom(...MALFORMED.map(([, text]) => text ?? ''))),
    { nil: undefined },
  )
  fc.assert(
    fc.property(header, header, (traceparent, xray) => {
      const text = formatTraceparent(continueFrom({ traceparent, xray }))
      expect(text).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/)
    }),
    { numRuns: 1000 },
  )
})
