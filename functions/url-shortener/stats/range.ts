import type { FieldError } from '../../shared/http/response.ts'
import type { INTERVALS } from './schema.ts'

export type Interval = (typeof INTERVALS)[number]

/** The whole buckets, in UTC, that statistics are about. */
export interface StatsRange {
  readonly interval: Interval
  /** The start of the first bucket, in milliseconds. */
  readonly from: number
  /** The end of the last one. */
  readonly to: number
}

export interface RangeQuery {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly interval?: Interval | undefined
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const BUCKET_MS = { hour: HOUR_MS, day: DAY_MS } as const satisfies Record<Interval, number>
const MAX_DAYS = { hour: 31, day: 366 } as const satisfies Record<Interval, number>
/** The range without `from`. */
const DEFAULT_MS = { hour: DAY_MS, day: 30 * DAY_MS } as const satisfies Record<Interval, number>

/**
 * Returns the buckets that a requested range touches; without `to` it ends now. Clicks are only counted by the hour, so
 * that a bucket can't be cut.
 */
export function statsRange(query: RangeQuery, now: number): StatsRange | { errors: FieldError[] } {
  const { interval = 'day' } = query
  const to = query.to === undefined ? now : Date.parse(query.to)
  const from = query.from === undefined ? to - DEFAULT_MS[interval] : Date.parse(query.from)
  if (from >= to) return { errors: [{ path: 'from', message: 'must be before to' }] }
  if (to - from > MAX_DAYS[interval] * DAY_MS) {
    const message = `must be at most ${MAX_DAYS[interval]} days before to, by the ${interval}`
    return { errors: [{ path: 'from', message }] }
  }
  const bucket = BUCKET_MS[interval]
  return { interval, from: Math.floor(from / bucket) * bucket, to: Math.ceil(to / bucket) * bucket }
}

/** Lists the starts of a range's buckets. */
export function bucketsOf({ interval, from, to }: StatsRange): number[] {
  const bucket = BUCKET_MS[interval]
  return Array.from({ length: (to - from) / bucket }, (_, index) => from + index * bucket)
}
