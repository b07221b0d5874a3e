import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HttpProblem } from '../../../functions/shared/http/response.ts'
import { singleHeader, singleValues } from '../../../functions/shared/http/single-values.ts'
import { ROOT } from '../../../tools/support/settings.ts'

/** @returns the paths of the fields that were given twice: any other outcome fails the test. */
function repeated(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error
    expect(error.problem).toMatchObject({ status: 422, code: 'invalid-input' })
    return (error.problem.errors ?? []).map(({ path, message }) => {
      expect(message).toBe('must be given once')
      return path
    })
  }
  throw new Error('It was accepted.')
}

describe('a query', () => {
  test.each<[string, Record<string, string>]>([
    ['', {}],
    ['tag=a&limit=5', { tag: 'a', limit: '5' }],
    ['tag=a,a', { tag: 'a,a' }],
    ['tag=a%2Ca', { tag: 'a,a' }],
    ['tag=a+b%2Bc', { tag: 'a b+c' }],
    ['tag', { tag: '' }],
    ['&tag=a&&', { tag: 'a' }],
    ['tag=%ff%zz', { tag: '\ufffd%zz' }],
    ['__proto__=a', JSON.parse('{"__proto__":"a"}')],
    ['constructor=a', { constructor: 'a' } as unknown as Record<string, string>],
  ])('%j has these values', (query, values) => {
    expect(singleValues(query)).toEqual(values)
  })

  test.each<[string, string[]]>([
    ['tag=a&tag=a', ['tag']],
    ['tag=a&tag=b&tag=c', ['tag']],
    ['t%61g=a&tag=b', ['tag']],
    ['tag=a&tag', ['tag']],
    ['cursor=x&limit=1&limit=1&cursor=x', ['limit', 'cursor']],
    ['=a&=b', ['']],
    ['__proto__=a&__proto__=b', ['__proto__']],
  ])('%j is refused by the names %j', (query, names) => {
    expect(repeated(() => singleValues(query)).sort()).toEqual([...names].sort())
  })
})

describe('a header of one value', () => {
  const read = (value?: string) => singleHeader({ headers: { 'a-header': value } }, 'a-header')

  test.each([undefined, '', 'a', 'a;b="c,d"', '"a,b"', '"a\\",b"', '"a" "b,c"'])('%j is taken as it is', (value) => {
    expect(read(value)).toBe(value)
  })

  test.each(['a,a', 'a, b', '"a","b"', ',', '"a\\\\",b"', '"a,b', 'a;b="c",a;b="c"'])('%j was given twice', (value) => {
    expect(repeated(() => read(value))).toEqual(['a-header'])
  })
})

/** Every header that a function reads by itself, and why two values of it do no harm. */
const READ_AS_JOINED: Record<string, string> = {
  accept: 'a list',
  'accept-language': 'a list',
  'if-match': 'a list',
  'if-none-match': 'a list',
  cookie: 'a list',
  traceparent: 'the specification has a malformed one count as none, and never fail a request',
  'x-amzn-trace-id': 'written by API Gateway; a malformed one counts as none',
  'user-agent': 'free text with commas',
  referer: 'parsed as a URL; two that are joined are none, or one with an odd path',
  'sec-purpose': 'searched for a word',
  purpose: 'searched for a word',
  'x-moz': 'searched for a word',
  'sec-ch-ua-platform': 'must match as a whole',
  'sec-ch-ua-mobile': 'must match as a whole',
  'cloudfront-viewer-country': 'written by the edge; must match as a whole',
  'cloudfront-viewer-address': 'written by the edge',
  'x-origin-secret': 'must match as a whole',
}

test('no function reads another header than these but by singleHeader', () => {
  const files = globSync('functions/**/*.ts', { cwd: ROOT })
  const reads = files.flatMap((file) => {
    const source = readFileSync(join(ROOT, file), 'utf8').replace(/singleHeader\(.*?\)/g, '')
    const literal = [...source.matchAll(/(?<!-)(?:request|event)?\.?headers\??(?:\['([\w-]+)'\]|\.(\w+))/g)]
    return literal.map(([, quoted, dotted]) => ({ file, name: quoted ?? dotted ?? '' }))
  })
  expect(reads.length).toBeGreaterThan(5)
  // A function's response has headers, too.
  const ofAnswers = ['retry-after', 'etag']
  const unknown = reads.filter(({ name }) => !(name in READ_AS_JOINED) && !ofAnswers.includes(name))
  expect(unknown).toEqual([])
})
