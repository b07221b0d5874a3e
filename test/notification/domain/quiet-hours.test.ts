import fc from 'fast-check'
import { judgeQuietHours } from '../../../functions/notification/domain/quiet-hours.ts'

const quiet = (now: string, hours: string, zone: string | null) => {
  const [start = '', end = ''] = hours.split('-')
  const until = judgeQuietHours(Date.parse(now), { start, end, zone: null }, zone)
  return until === null ? null : new Date(until).toISOString().replace(':00.000Z', 'Z')
}

describe('quiet hours', () => {
  test.each([
    ['2026-06-01T20:00Z', '2026-06-02T05:00Z', 'at their start'],
    ['2026-06-01T19:59Z', null, 'a minute before'],
    ['2026-06-02T04:59Z', '2026-06-02T05:00Z', 'in their last minute'],
    ['2026-06-02T05:00Z', null, 'at their end'],
    ['2026-06-02T01:00Z', '2026-06-02T05:00Z', 'after midnight'],
  ])('over midnight: at %s they last until %s, %s', (...[now, until]) => {
    expect(quiet(now, '22:00-07:00', 'Europe/Berlin')).toBe(until)
  })

  test('are in the zone that is given, or in UTC', () => {
    expect(quiet('2026-06-01T12:30Z', '12:00-13:00', null)).toBe('2026-06-01T13:00Z')
    expect(quiet('2026-06-01T12:30Z', '12:00-13:00', 'Asia/Kathmandu')).toBeNull()
    expect(quiet('2026-06-01T06:30Z', '12:00-13:00', 'Asia/Kathmandu')).toBe('2026-06-01T07:15Z')
  })

  // Berlin: clocks go from 02:00 to 03:00 on 29 March 2026 (01:00Z), and from 03:00 to 02:00 on 25 October (01:00Z).
  /** @proves notification/quiet-hours */
  test.each<[rule: string, now: string, hours: string, until: string | null]>([
    ['an end that is skipped is the instant after the gap', '2026-03-29T00:30Z', '22:00-02:30', '2026-03-29T01:00Z'],
    ['a start that is skipped is the instant after the gap', '2026-03-29T01:00Z', '02:30-07:00', '2026-03-29T05:00Z'],
    ['a span that is skipped as a whole is none', '2026-03-29T01:00Z', '02:10-02:50', null],
    ['an end that comes twice is the first one', '2026-10-25T00:15Z', '22:00-02:30', '2026-10-25T00:30Z'],
    ['after the first end there is no other one', '2026-10-25T01:15Z', '22:00-02:30', null],
    ['a start that comes twice is the first one', '2026-10-25T00:45Z', '02:30-07:00', '2026-10-25T06:00Z'],
    ['the first end after a start may be its second time', '2026-10-25T00:45Z', '02:30-02:15', '2026-10-25T01:15Z'],
  ])('where clocks change: %s', (...[, now, hours, until]) => {
    expect(quiet(now, hours, 'Europe/Berlin')).toBe(until)
  })
})

/** Instants close to which clocks change, with the zone. */
const CHANGES: readonly [zone: string, instant: string][] = [
  ['Europe/Berlin', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-03-08T07:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  // Half an hour.
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  // At midnight.
  ['America/Santiago', '2026-04-05T03:00Z'],
  ['America/Santiago', '2026-09-06T04:00Z'],
  ['Africa/Cairo', '2026-04-23T22:00Z'],
  // Two hours.
  ['Antarctica/Troll', '2026-03-29T01:00Z'],
  ['Antarctica/Troll', '2026-10-25T01:00Z'],
  // A day is missing.
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Asia/Kathmandu', '2026-05-05T00:00Z'],
  ['UTC', '2026-01-01T00:00Z'],
]

const MINUTE = 60_000
const DAY = 1440

/** A minute of a zone's clock, with the dates that it has reached since the minute before: two at midnight. */
interface Minute {
  readonly before: string
  readonly now: string
  readonly dates: readonly string[]
}

/** The times that a clock of the zone shows in each minute of three days before a change and two days after it. */
function minutesAround(zone: string, instant: string) {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const from = Date.parse(instant) - 3 * DAY * MINUTE
  const shown = Array.from({ length: 5 * DAY }, (_, minute) => format.format(from + minute * MINUTE))
  const minutes = shown.map((now, index): Minute => {
    const before = shown[index - 1] ?? now
    return { before, now, dates: datesBetween(before.slice(0, 10), now.slice(0, 10)) }
  })
  return { from, minutes }
}

function datesBetween(first: string, last: string): string[] {
  if (first === last) return [first]
  return first > last ? [] : [first, ...datesBetween(nextDate(first), last)]
}

/**
 * Walks through the minutes as a person with a clock would: at the first start of a day it becomes quiet, at the next
 * end no longer. A clock that jumps over a time has reached it.
 */
function walk(minutes: readonly Minute[], start: string, end: string): boolean[] {
  const begun = new Set<string>()
  const times = [start, end].sort()
  let isQuiet = false
  return minutes.map(({ before, now, dates }) => {
    for (const date of dates) {
      for (const time of times) {
        const at = `${date} ${time}`
        if (at <= before || at > now) continue
        if (time === end) isQuiet = false
        else if (!begun.has(date)) isQuiet = true
        if (time === start) begun.add(date)
      }
    }
    return isQuiet
  })
}

function nextDate(date: string): string {
  return new Date(Date.parse(`${date}T00:00Z`) + DAY * MINUTE).toISOString().slice(0, 10)
}

/** @proves notification/quiet-hours */
test.each(CHANGES)('in %s around %s they are as somebody who watches a clock finds them', (zone, instant) => {
  const { from, minutes } = minutesAround(zone, instant)
  const hourAndMinute = (max: number) =>
    fc.nat({ max }).map((minute) => new Date(minute * MINUTE).toISOString().slice(11, 16))
  // Half of the times are close to those that a change of clocks skips or repeats.
  const time = fc.oneof(hourAndMinute(DAY - 1), hourAndMinute(240))
  fc.assert(
    fc.property(
      time,
      time,
      fc.array(fc.integer({ min: 2 * DAY, max: 4 * DAY }), { minLength: 10, maxLength: 20 }),
      (start, end, nows) => {
        fc.pre(start !== end)
        const isQuiet = walk(minutes, start, end)
        const expected = nows.map((now) => (isQuiet[now] ? from + isQuiet.indexOf(false, now) * MINUTE : null))
        const judged = nows.map((now) => judgeQuietHours(from + now * MINUTE, { start, end, zone: null }, zone))
        expect(judged).toEqual(expected)
      },
    ),
    { numRuns: 30 },
  )
})
