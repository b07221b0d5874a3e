import { bucketsOf, type RangeQuery, statsRange } from '../../../functions/url-shortener/stats/range.ts'

const NOW = Date.parse('2026-05-06T07:08:09.010Z')

/** Returns a range as texts, or its errors. */
function rangeOf(query: RangeQuery) {
  const range = statsRange(query, NOW)
  if ('errors' in range) return range.errors
  return [new Date(range.from).toISOString(), new Date(range.to).toISOString()]
}

test.each<[string, RangeQuery, string[]]>([
  ['the last 30 days by default', {}, ['2026-04-06T00:00:00.000Z', '2026-05-07T00:00:00.000Z']],
  ['the last day by the hour', { interval: 'hour' }, ['2026-05-05T07:00:00.000Z', '2026-05-06T08:00:00.000Z']],
  [
    'all hours that it touches',
    { from: '2026-05-06T01:59:59.999Z', to: '2026-05-06T03:00:00.001Z', interval: 'hour' },
    ['2026-05-06T01:00:00.000Z', '2026-05-06T04:00:00.000Z'],
  ],
  [
    'no bucket that begins at its end',
    { from: '2026-05-01T00:00:00.000Z', to: '2026-05-03T00:00:00.000Z' },
    ['2026-05-01T00:00:00.000Z', '2026-05-03T00:00:00.000Z'],
  ],
])('a range is %s', (_, query, expected) => {
  expect(rangeOf(query)).toEqual(expected)
})

test.each<[string, RangeQuery]>([
  ['31 days by the hour', { interval: 'hour', from: '2026-04-01T00:00:00.000Z', to: '2026-05-02T00:00:00.000Z' }],
  ['366 days by the day', { from: '2024-01-01T00:00:00.000Z', to: '2025-01-01T00:00:00.000Z' }],
])('a range has at most %s', (_, query) => {
  expect(rangeOf(query)).toEqual([query.from, query.to])
  const longer = { ...query, to: query.to?.replace('.000Z', '.001Z') }
  expect(rangeOf(longer)).toEqual([
    { path: 'from', message: expect.stringMatching(/^must be at most \d+ days before/) },
  ])
})

test('a range ends after it begins', () => {
  const errors = [{ path: 'from', message: 'must be before to' }]
  expect(rangeOf({ from: '2026-05-06T00:00:00.000Z', to: '2026-05-06T00:00:00.000Z' })).toEqual(errors)
  expect(rangeOf({ from: '2026-05-07T00:00:00.000Z' })).toEqual(errors)
})

test('buckets are hours or days of UTC', () => {
  const range = statsRange({ from: '2026-03-29T00:00:00.000Z', to: '2026-03-31T00:00:00.000Z' }, NOW)
  if ('errors' in range) throw new Error('The range is valid')
  expect(bucketsOf(range).map((at) => new Date(at).toISOString())).toEqual([
    '2026-03-29T00:00:00.000Z',
    '2026-03-30T00:00:00.000Z',
  ])
})
