import * as z from 'zod/mini'

/** RFC 3339, section 5.6, except for leap seconds, which JavaScript's clock doesn't have. */
const DATE_TIME =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** Converts a time to UTC with milliseconds; `undefined` if it is invalid, or not in the years 0 to 9999 of UTC. */
export function toUtc(text: string): string | undefined {
  const day = DATE_TIME.exec(text)?.[1]
  // JavaScript reads the 30th of February as the 1st or 2nd of March.
  if (day === undefined || !new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return undefined
  const utc = new Date(text.toUpperCase()).toISOString()
  return /^\d{4}-/.test(utc) ? utc : undefined
}

/** A time with any offset, which is converted to UTC with milliseconds. */
export const time = z.pipe(
  z.string().check(
    z.refine((text) => toUtc(text) !== undefined, 'must be an RFC 3339 time with an offset'),
    z.meta({ format: 'date-time' }),
  ),
  z.transform((text) => toUtc(text) ?? text),
)
