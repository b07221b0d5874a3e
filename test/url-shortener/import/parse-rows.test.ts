import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { MAX_ROWS, parseRows } from '../../../functions/url-shortener/import/parse-rows.ts'

const parsed = (text: string) => parseRows(Buffer.from(text))
const rowsOf = (text: string) => {
  const result = parsed(text)
  if ('error' in result) throw new Error(result.error.message)
  return result.rows
}
const errorOf = (text: string | Buffer) => {
  const result = parseRows(Buffer.from(text as string))
  return 'error' in result ? result.error : undefined
}

test('values become fields, and empty ones none', () => {
  expect(
    rowsOf('url,alias,title,tags,expires_at\nhttps://a.example,x-y,A title,a|b,2030-01-01T00:00:00Z\nb,,,,\n'),
  ).toEqual([
    {
      line: 2,
      body: {
        url: 'https://a.example',
        alias: 'x-y',
        title: 'A title',
        tags: ['a', 'b'],
        expiresAt: '2030-01-01T00:00:00Z',
      },
    },
    { line: 3, body: { url: 'b' } },
  ])
})

test.each([
  ['CRLF', '\r\n'],
  ['LF', '\n'],
  ['CR', '\r'],
])('with line breaks by %s each row has the line on which it begins, empty lines and breaks in values included', (_, end) => {
  const text = ['\ufeffurl,title', 'a,"one', 'two"', '', 'b,three', '"c', '",', 'd'].join(end)
  expect(rowsOf(text).map(({ line }) => line)).toEqual([2, 5, 6, 8])
})

test('columns may be in any order, in any case, and missing', () => {
  expect(rowsOf(' Title ,URL\nA,b\n')).toEqual([{ line: 2, body: { title: 'A', url: 'b' } }])
})

test('a quote inside of an unquoted value stands for itself', () => {
  expect(rowsOf('url,title\na,5" disk\nb,"say ""hi"""')).toMatchObject([
    { body: { title: '5" disk' } },
    { body: { title: 'say "hi"' } },
  ])
})

test('spaces around a value don’t belong to it, except in a title', () => {
  expect(rowsOf('url,title,tags\n a , b , c|d \n')).toMatchObject([
    { body: { url: 'a', title: ' b ', tags: ['c', 'd'] } },
  ])
})

test('a row with more values than the header is an error of that row', () => {
  expect(rowsOf('url\na,b\nc')).toEqual([
    { line: 2, error: 'The row has 2 values, and the header 1 columns.' },
    { line: 3, body: { url: 'c' } },
  ])
})

test.each([
  ['an empty file', ''],
  ['a file without a header', 'https://example.com/,x\n'],
  ['a column twice', 'url,url\na,b'],
  ['an unknown column', 'url,password\na,b'],
  ['a quote that is never closed', 'url,title\na,"b\nc,d\n'],
  ['text in another encoding', Buffer.from([0x75, 0x72, 0x6c, 0x0a, 0xff])],
])('%s is refused as a whole', (_, text) => {
  expect(errorOf(text)).toMatchObject({ code: 'invalid-csv' })
})

test('fifty thousand rows are accepted, and one more is too large', () => {
  expect(rowsOf(`url\n${'a\n'.repeat(MAX_ROWS)}`)).toHaveLength(MAX_ROWS)
  expect(errorOf(`url\n${'a\n'.repeat(MAX_ROWS + 1)}`)).toMatchObject({ code: 'too-large' })
})

test('what a CSV writer writes is read as it was, on its line', () => {
  const title = fc.string({ unit: fc.constantFrom('a', ' ', '"', ',', '\n', '|', 'ü', '😀'), minLength: 1 })
  fc.assert(
    fc.property(fc.array(title), (titles) => {
      const rows = rowsOf(stringify([['url', 'title'], ...titles.map((text) => ['x', text])]))
      let line = 2
      const expected = titles.map((text) => {
        const row = { line, body: { url: 'x', title: text } }
        line += text.split('\n').length
        return row
      })
      expect(rows).toEqual(expected)
    }),
  )
})
