import type { WindowPolicy } from './policy.ts'

/** One of the windows that time is cut into; milliseconds since the epoch. */
export interface Window {
  /** One more than that of the window before. */
  readonly number: number
  readonly startMs: number
  /** When the next one starts. */
  readonly endMs: number
}

const CALENDAR_MS = { hour: 3_600_000, day: 86_400_000 }

/**
 * The window that a moment lies in. Unix time has no leap seconds, so that hours and days of UTC align to the epoch by
 * themselves; months are counted from the year 0.
 */
export function windowAt({ windowMs, calendar }: Pick<WindowPolicy, 'windowMs' | 'calendar'>, now: number): Window {
  if (calendar === 'month') {
    const date = new Date(now)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return { number: year * 12 + month, startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) }
  }
  const length = calendar ? CALENDAR_MS[calendar] : Number(windowMs)
  const number = Math.floor(now / length)
  return { number, startMs: number * length, endMs: (number + 1) * length }
}
