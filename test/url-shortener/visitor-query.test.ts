import fc from 'fast-check'
import { encodeQuery, MAX_URL_LENGTH, withQuery } from '../../functions/url-shortener/visitor-query.ts'

const URL_OF_OURS = 'https://go.example/abc'

test.each([
  ['', URL_OF_OURS],
  ['a=1&b=%20', `${URL_OF_OURS}?a=1&b=%20`],
  ['a=ü#"<', `${URL_OF_OURS}?a=%C3%BC%23%22%3C`],
  ['a=\r\nx: y', `${URL_OF_OURS}?a=%0D%0Ax:%20y`],
])('the query %j makes %s', (query, url) => {
  expect(withQuery(URL_OF_OURS, query)).toBe(url)
})

test('a query that makes the URL longer than 8,000 characters is left out', () => {
  const fits = 'x'.repeat(MAX_URL_LENGTH - URL_OF_OURS.length - 1)
  expect(withQuery(URL_OF_OURS, fits)).toHaveLength(MAX_URL_LENGTH)
  expect(withQuery(URL_OF_OURS, `${fits}x`)).toBe(URL_OF_OURS)
})

test('whatever the query is, the URL keeps its origin, path and fragment, and encoding it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (query) => {
      const url = withQuery(URL_OF_OURS, query)
      expect(url).toMatch(/^[\x21-\x7e]+$/)
      const { origin, pathname, hash } = new URL(url)
      expect([origin, pathname, hash]).toEqual(['https://go.example', '/abc', ''])
      expect(encodeQuery(encodeQuery(query))).toBe(encodeQuery(query))
    }),
  )
})
