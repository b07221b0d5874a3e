import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { csvHeader, csvRows } from '../../../functions/url-shortener/export/write-rows.ts'
import { aState } from '../a-link.ts'

const rowOf = (title: string) => {
  const [row] = parse(csvRows([aState({ title })], 'https://go.example'))
  return row?.[3]
}

/** @proves url-shortener/no-formulas */
test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\tx',
  '\rx',
  '＝1',
])('%j would be a formula, and gets an apostrophe', (title) => {
  expect(rowOf(title)).toBe(`'${title}`)
})

test('any other text is read as it was written', () => {
  const title = fc.string({ unit: fc.constantFrom('a', ' ', '"', ',', '\n', '\r', '=', "'", 'ü', '😀') })
  fc.assert(
    fc.property(title, (text) => {
      expect(rowOf(`a${text}`)).toBe(`a${text}`)
    }),
  )
})

test('a row has the columns of the header', () => {
  const state = aState({ tags: ['a', 'b'], expiresAt: '2030-01-01T00:00:00.000Z' }, { clicks: 7 })
  expect(parse(csvHeader() + csvRows([state], 'https://go.example'))).toEqual([
    ['code', 'short_url', 'url', 'title', 'tags', 'created_at', 'expires_at', 'clicks'],
    [
      ...['abc', 'https://go.example/abc', 'https://example.com/', '', 'a|b'],
      ...['2026-03-12T19:03:58.005Z', '2030-01-01T00:00:00.000Z', '7'],
    ],
  ])
})
