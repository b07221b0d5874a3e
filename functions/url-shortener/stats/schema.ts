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

const linkStats = {
  clicks: count,
  uniques: count,
  bots: count,
  series: z.array(
    z.strictObject({
      at: z.string().check(z.meta({ format: 'date-time' })),
      clicks: count,
      uniques: z.optional(count),
    }),
  ),
  groups: z.optional(z.array(z.strictObject({ value: z.string(), clicks: count }))),
}

/** The body of `GET /v1/links/{code}/stats`. */
export const linkStatsBody = z.strictObject(linkStats)

/** The body of `GET /v1/stats`. */
export const tenantStatsBody = z.strictObject({
  ...linkStats,
  top: z.array(z.strictObject({ code: z.string(), clicks: count })),
})
