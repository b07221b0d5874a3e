/** A time on a wall clock, as milliseconds of the same date and time in UTC. */
export type WallTime = number

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Offsets from UTC that a wall time may have are those of the instants around it. */
const PROBES = [-24, -8, 8, 24].map((hours) => hours * HOUR_MS)

const formats = new Map<string, Intl.DateTimeFormat>()

/** Returns what a clock of an IANA zone shows at an instant. @throws RangeError for an unknown zone. */
export function wallTime(instant: number, zone: string): WallTime {
  const format = formats.get(zone) ?? newFormat(zone)
  formats.set(zone, format)
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) + modulo(instant, 1000)
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
}

/**
 * Returns the instants at which a clock of a zone shows a wall time, in order: one as a rule, two where clocks go back
 * over it. Where they go forward over it, it is the first instant after the gap.
 */
export function instantsOf(wall: WallTime, zone: string): readonly [number, ...number[]] {
  const offsets = [...new Set(PROBES.map((probe) => offsetAt(wall + probe, zone)))]
  const found = offsets
    .map((offset) => wall - offset)
    .filter((instant) => wallTime(instant, zone) === wall)
    .sort((a, b) => a - b)
  const [first, ...others] = found
  if (first !== undefined) return [first, ...others]
  return [endOfGap(wall, { zone, offsets })]
}

/** Finds, by bisection, the first instant at which a clock shows a time after one that it skips. */
function endOfGap(wall: WallTime, { zone, offsets }: { zone: string; offsets: readonly number[] }): number {
  let before = wall - Math.max(...offsets)
  let after = wall - Math.min(...offsets)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (wallTime(middle, zone) < wall) before = middle
    else after = middle
  }
  return after
}

function offsetAt(instant: number, zone: string): number {
  return wallTime(instant, zone) - instant
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}

/** Returns the beginning of a wall time's day. */
export function dayOf(wall: WallTime): WallTime {
  return wall - modulo(wall, 24 * HOUR_MS)
}

/** Parses a time of the day, as in `22:00`, to milliseconds since the day's beginning. */
export function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * HOUR_MS + minutes * MINUTE_MS
}
