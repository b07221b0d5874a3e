import fc from 'fast-check'
import * as z from 'zod/mini'
import { country, language } from '../../../functions/url-shortener/manage/schema-types.ts'
import { time, toUtc } from '../../../functions/url-shortener/time-schema.ts'

describe('a time', () => {
  test.each([
    ['2026-03-12T19:03:58Z', '2026-03-12T19:03:58.000Z'],
    ['2026-03-12t19:03:58.5z', '2026-03-12T19:03:58.500Z'],
    ['2026-03-12T19:03:58.123456789+02:00', '2026-03-12T17:03:58.123Z'],
    ['2026-01-01T00:30:00+05:45', '2025-12-31T18:45:00.000Z'],
    ['2026-12-31T23:59:59-00:00', '2026-12-31T23:59:59.000Z'],
    ['2024-02-29T12:00:00-23:59', '2024-03-01T11:59:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, utc) => {
    expect(z.parse(time, text)).toBe(utc)
  })

  test.each([
    '2026-03-12',
    '2026-03-12T19:03:58',
    '2026-03-12T19:03Z',
    '2026-03-12 19:03:58Z',
    '2026-03-12T19:03:58+0200',
    '2026-03-12T19:03:58+24:00',
    '2026-03-12T24:00:00Z',
    '2026-03-12T19:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-02-29T12:00:00Z',
    '2026-04-31T12:00:00Z',
    '2026-00-01T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-01-00T12:00:00Z',
    '10000-01-01T00:00:00Z',
    '+012026-03-12T19:03:58Z',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '2026-03-12T19:03:58.Z',
    '2026-03-12T19:03:58Z\n',
    '1773342238',
    'tomorrow',
    '',
  ])('%j is invalid', (text) => {
    expect(toUtc(text)).toBeUndefined()
  })

  test('at any offset is the same time in UTC', () => {
    const day = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9998-12-31T00:00:00Z'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(day), fc.integer({ min: -1439, max: 1439 }), (date, minutes) => {
        const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1)
        const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
        const offset = `${minutes < 0 ? '-' : '+'}${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
        expect(toUtc(local + offset)).toBe(date.toISOString())
      }),
    )
  })
})

test.each(['de', 'pt-BR', 'zh-Hant-TW', 'DE', 'sl-rozaj-biske-1994', 'fil'])('%s is a language', (tag) => {
  expect(z.parse(language, tag)).toBe(tag)
})

test.each([
  '',
  'd',
  'de_DE',
  'de-',
  '-de',
  'de DE',
  'de;q=0.5',
  'de,en',
  '*',
  'toolonglanguage',
  `de-${'x'.repeat(33)}`,
])('%j is invalid', (tag) => {
  expect(z.safeParse(language, tag).success).toBe(false)
})

test.each([
  ['de', 'DE'],
  ['Us', 'US'],
  ['GB', 'GB'],
  ['unknown', 'unknown'],
])('the country %s is %s', (given, kept) => {
  expect(z.parse(country, given)).toBe(kept)
})

test.each(['', 'D', 'DEU', 'D1', 'Unknown', 'ß'])('%j is no country', (text) => {
  expect(z.safeParse(country, text).success).toBe(false)
})
