import fc from 'fast-check'
import { forwardQuery } from '../../../functions/url-shortener/visit/forward-query.ts'

test.each([
  ['https://example.com/', 'a=1', 'https://example.com/?a=1'],
  ['https://example.com/?b=2', 'a=1', 'https://example.com/?b=2&a=1'],
  ['https://example.com/?', 'a=1', 'https://example.com/?a=1'],
  ['https://example.com/?b=2&', 'a=1', 'https://example.com/?b=2&a=1'],
  ['https://example.com/#top', 'a=1', 'https://example.com/?a=1#top'],
  ['https://example.com/#?a=0', 'a=1', 'https://example.com/?a=1#?a=0'],
  ['https://example.com/?b=2#a#b', 'a=1', 'https://example.com/?b=2&a=1#a#b'],
  ['https://example.com/?a=2', 'a=1', 'https://example.com/?a=2'],
  ['https://example.com/?a', 'a=1&b', 'https://example.com/?a&b'],
  ['https://example.com/?a=x?y', 'b=1', 'https://example.com/?a=x?y&b=1'],
  ['https://example.com/?a%20b=2', 'a+b=1&c=3', 'https://example.com/?a%20b=2&c=3'],
  ['https://example.com/', 'a=1&a=2', 'https://example.com/?a=1&a=2'],
  ['https://example.com/', '&&a=%20+&&', 'https://example.com/?a=%20+'],
  ['https://example.com/', '%zz=1', 'https://example.com/?%zz=1'],
  ['https://example.com/', 'a=ü\r\n<"#', 'https://example.com/?a=%C3%BC%0D%0A%3C%22%23'],
  ['https://example.com/', '', 'https://example.com/'],
])('%s with %j is %s', (target, query, expected) => {
  expect(forwardQuery(target, query)).toBe(expected)
})

test('a result longer than 8,000 characters is the target alone', () => {
  const target = 'https://example.com/'
  const fits = `a=${'x'.repeat(8000 - `${target}?a=`.length)}`
  expect(forwardQuery(target, fits)).toHaveLength(8000)
  expect(forwardQuery(target, `${fits}x`)).toBe(target)
})

describe('any target and query', () => {
  const name = fc.constantFrom('a', 'b', 'c d', 'ü', 'x=y', '')
  const parameters = fc.array(fc.tuple(name, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 6 })
  const target = fc.tuple(parameters, fc.option(fc.webFragments(), { nil: undefined })).map(([own, fragment]) => {
    const url = new URL('https://example.com/path')
    url.search = new URLSearchParams(own).toString()
    if (fragment !== undefined) url.hash = fragment
    return url.href
  })
  const query = parameters.map((visitors) => new URLSearchParams(visitors).toString())

  test('the target’s own parameters come first and unchanged, then the visitor’s others in their order', () => {
    fc.assert(
      fc.property(target, query, (target, query) => {
        const [before, after] = [new URL(target), new URL(forwardQuery(target, query))]
        const own = [...before.searchParams]
        const names = new Set(before.searchParams.keys())
        expect([...after.searchParams]).toEqual([
          ...own,
          ...[...new URLSearchParams(query)].filter(([name]) => !names.has(name)),
        ])
        expect([after.origin, after.pathname, after.hash]).toEqual([before.origin, before.pathname, before.hash])
      }),
    )
  })

  test('the text of the target is unchanged, and the header is ASCII only', () => {
    fc.assert(
      fc.property(target, fc.string({ unit: 'binary' }), (target, query) => {
        const result = forwardQuery(target, query)
        const [beforeFragment = '', fragment = ''] = target.split(/(?=#)/)
        expect(result.startsWith(beforeFragment)).toBe(true)
        expect(result.endsWith(fragment)).toBe(true)
        expect(result).toMatch(/^[\x21-\x7e]+$/)
      }),
    )
  })
})
