import fc from 'fast-check'
import { parseList as parseIndependently, serializeList } from 'structured-headers'
import { parseRateLimit } from '../../../clients/limiter/src/rate-limit-fields.ts'
import { parseList } from '../../../clients/limiter/src/structured-fields.ts'

test('both fields are read, with every parameter of the draft', () => {
  const headers = new Headers({
    'RateLimit-Policy': '"burst";q=100;w=60, "bytes";q=1000;qu="content-bytes";pk=:dXNlcjox:',
    RateLimit: '"burst";r=42;t=18, "bytes";r=0;pk=:dXNlcjox:',
  })
  expect(parseRateLimit(headers)).toEqual({
    policies: [
      { name: 'burst', quota: 100, windowSeconds: 60, unit: 'requests' },
      { name: 'bytes', quota: 1000, unit: 'content-bytes', partitionKey: 'dXNlcjox' },
    ],
    limits: [
      { name: 'burst', remaining: 42, resetSeconds: 18 },
      { name: 'bytes', remaining: 0, partitionKey: 'dXNlcjox' },
    ],
  })
})

test("headers of node:http are read, and a field's lines are joined", () => {
  const { limits } = parseRateLimit({ ratelimit: ['"a";r=1', '"b";r=2'], 'ratelimit-policy': undefined })
  expect(limits.map(({ name }) => name)).toEqual(['a', 'b'])
})

test.each([
  ['a field that is no list', '"a";r=1,', []],
  ['an item without its number', '"a";t=5, "b";r=2', [{ name: 'b', remaining: 2 }]],
  ['a negative number', '"a";r=-1', []],
  ['a number that is no integer', '"a";r=1.5', []],
  ['a name that is no string', 'a;r=1, ("b");r=2', []],
  ['a reset that is no number', '"a";r=1;t="soon"', [{ name: 'a', remaining: 1 }]],
  ['a parameter that the draft does not have', '"a";r=1;x=@1;y', [{ name: 'a', remaining: 1 }]],
  ['fields of an older draft', 'limit=100, remaining=50, reset=5', []],
])('%s is left out', (_, field, limits) => {
  expect(parseRateLimit({ ratelimit: field })).toEqual({ policies: [], limits })
})

// An independent parser decides what a list is. It takes no date before the end of a field, so none is generated.

const name = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) })
const number = fc.nat(999_999_999_999_999)
const states = fc.array(fc.record({ name, r: number, t: number }), { minLength: 1 })

test('whatever an independent writer of RFC 9651 makes of states is read back', () => {
  fc.assert(
    fc.property(states, (list) => {
      const field = serializeList(list.map(({ name, r, t }) => [name, new Map(Object.entries({ r, t }))]))
      const expected = list.map(({ name, r, t }) => ({ name, remaining: r, resetSeconds: t }))
      expect(parseRateLimit({ ratelimit: field }).limits).toEqual(expected)
    }),
  )
})

const PIECES = [
  '"',
  '\\',
  '"a"',
  '"\\""',
  'é',
  ';',
  ' ',
  '\t',
  ',',
  '=',
  '(',
  ')',
  'r',
  'K',
  '*',
  '1',
  '-',
  '.',
  '0.125',
]
const MORE = [
  '123456789012',
  '1234',
  ':YQ==:',
  ':',
  '?1',
  '?',
  '%"',
  '%c3%a9',
  '%C3',
  '%ff',
  '%',
  ';r=1',
  '"a";r=2',
  '/',
]
const noise = fc.array(fc.constantFrom(...PIECES, ...MORE), { maxLength: 8 }).map((pieces) => pieces.join(''))

test('any text is a list exactly if an independent parser of RFC 9651 says so, with the same numbers and strings', () => {
  fc.assert(
    fc.property(noise, (text) => {
      expect(parseList(text)?.map(comparable)).toEqual(independently(text))
    }),
    { numRuns: 5000 },
  )
})

type Parsed = NonNullable<ReturnType<typeof parseList>>[number]

/** The value, if it is a string or a number, and the names of the parameters. */
function comparable({ value, parameters }: Parsed) {
  const plain = { string: value?.text, integer: Number(value?.text), decimal: Number(value?.text) }
  const comparison = Object.entries(plain).find(([type]) => type === value?.type)?.[1]
  return [comparison, [...parameters.keys()]]
}

function independently(text: string) {
  try {
    return parseIndependently(text).map(([value, parameters]) => {
      const isPlain = typeof value === 'string' || typeof value === 'number'
      return [isPlain ? value : undefined, [...parameters.keys()]]
    })
  } catch {
    return undefined
  }
}
