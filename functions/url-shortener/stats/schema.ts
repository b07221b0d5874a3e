import * as z from 'zod/mini'
import { CLICK_GROUPS } from '../domain/day-clicks.ts'
import { time } from '../time-schema.ts'

export const INTERVALS = ['hour', 'day'] as const

/** The query of both statistics. */
export const statsQuery = z.strictObject({
  from: z.optional(time),
  to: z.optional(time),
  interval: z.optional(z.enum(INTERVALS)),
  groupBy: z.optional(z.enum(CLICK_GROUPS)),
})

const count = z.int()

/** The clicks of an hour or a day. */
export const statsBucket = z.strictObject({
  at: z.string().check(z.meta({ format: 'date-time' })),
  clicks: count,
  uniques: z.optional(count),
})

/** The clicks with one value of the property by which they are grouped. */
export const statsGroup = z.strictObject({ value: z.string(), clicks: count })

/** One of the links with the most clicks. */
export const topLink = z.strictObject({ code: z.string(), clicks: count })

const linkStats = {
  clicks: count,
  uniques: count,
  bots: count,
  series: z.array(statsBucket),
  groups: z.optional(z.array(statsGroup)),
}

/** The body of `GET /v1/links/{code}/stats`. */
export const linkStatsBody = z.strictObject(linkStats)

/** The body of `GET /v1/stats`. */
export const tenantStatsBody = z.strictObject({
  ...linkStats,
  top: z.array(topLink),
})
