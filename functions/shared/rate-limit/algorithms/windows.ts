import type { Item } from '../../data/table.ts'
import type { WindowPolicy } from '../policy.ts'

/** A window of time; milliseconds since the epoch. */
export interface Window {
  /** One more than the number of the window before. */
  readonly number: number
  readonly startMs: number
  /** The start of the next one. */
  readonly endMs: number
}

const CALENDAR_MS = { hour: 3_600_000, day: 86_400_000 }

/**
 * Returns the window that a time lies in. Unix time has no leap seconds, so that hours and days of UTC align to the epoch by
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

/**
 * A write of a sliding window relies on the count before its own. A write that removes that count is two whole windows
 * ahead, 2 s at least: a clock that is 500 ms behind, and a write that takes the longest budget, a second, are over by
 * then. A later write would find no count, and begin anew.
 */
const KEPT_WINDOWS = 3
/** DynamoDB takes 4 KB of an expression; the next write removes the rest. */
const MAX_REMOVED = 25

/** Names the attribute of a window's count, as in `m_28937`. */
export function attributeOf(number: number): string {
  return `m_${number}`
}

export function countOf(item: Item, number: number): number {
  return Number(item[attributeOf(number)]?.N ?? 0)
}

/** Returns a `REMOVE` clause for the windows of an item that no check reads any more, so that the item stays small. */
export function removeOldWindows(item: Item, number: number): string {
  const old = Object.keys(item).filter((name) => /^m_\d+$/.test(name) && Number(name.slice(2)) < number - KEPT_WINDOWS)
  return old.length === 0 ? '' : ` REMOVE ${old.slice(0, MAX_REMOVED).join(', ')}`
}
