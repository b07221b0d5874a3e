import { safeUrl } from '../../../clients/inbox/src/safe-url.ts'
import { formatTime, knownLocale } from '../../../clients/inbox/src/times.ts'

test.each([
  ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
  ['http://example.com', 'http://example.com/'],
  ['javascript:alert(1)', undefined],
  [' JavaScript:alert(1)', undefined],
  ['java\nscript:alert(1)', undefined],
  ['data:text/html,<script>alert(1)</script>', undefined],
  ['vbscript:x', undefined],
  ['//example.com', undefined],
  ['/rooms/7', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j leads to %j', (url, safe) => {
  expect(safeUrl(url)).toBe(safe)
})

const NOW = Date.UTC(2026, 2, 12, 12)

test.each([
  [-60_000, 'now'],
  [0, 'now'],
  [59_999, 'now'],
  [60_000, '1 minute ago'],
  [59 * 60_000, '59 minutes ago'],
  [3_600_000, '1 hour ago'],
  [24 * 3_600_000, 'yesterday'],
  [6 * 24 * 3_600_000, '6 days ago'],
  [8 * 24 * 3_600_000, 'Mar 4, 2026'],
])('%i ms before now is %j', (age, text) => {
  expect(formatTime(NOW - age, { now: NOW, locale: 'en' })).toBe(text)
})

test('times follow the language of the page, as far as it is one', () => {
  expect(formatTime(NOW - 120_000, { now: NOW, locale: knownLocale('de') })).toBe('vor 2 Minuten')
  expect([knownLocale('no such language'), knownLocale(''), knownLocale(null)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
