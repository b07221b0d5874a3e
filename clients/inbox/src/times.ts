const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const
const RELATIVE_DAYS = 7

/**
 * Formats when something was, as in "3 minutes ago"; from a week on as a date. A time ahead, which a clock that is
 * behind sees, counts as now.
 */
export function formatTime(time: number, { now, locale }: { now: number; locale: string | undefined }): string {
  const age = Math.max(0, now - time)
  if (age >= RELATIVE_DAYS * UNITS[0][1]) {
    return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(time)
  }
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const [unit, ms] = UNITS.find(([, length]) => age >= length) ?? ['second', Number.POSITIVE_INFINITY]
  // A negative zero would be "in 0 days": below a minute it is now.
  return format.format(-Math.floor(age / ms) || 0, unit)
}

/** Formats a time in full, for those who want to know it. */
export function formatFullTime(time: number, locale: string | undefined): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).format(time)
}

/** Returns a locale that `Intl` accepts; `undefined`, the browser's own, for any other text. */
export function knownLocale(locale: string | null | undefined): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale ?? undefined)[0]
  } catch {
    return undefined
  }
}
