import { createSketch, type Sketch } from './hyper-log-log.ts'

/** The properties of clicks by which statistics can be grouped. */
export const CLICK_GROUPS = ['country', 'device', 'browser', 'os', 'referrer'] as const
export type ClickGroup = (typeof CLICK_GROUPS)[number]

/** The clicks of a link, or of a tenant, in a UTC day. */
export interface DayClicks {
  /** By the hour of the day. An hour without any is absent. */
  readonly hours: Map<number, HourClicks>
  /** Clicks by the value of a property. Those of a tenant are also grouped by `link`. */
  readonly groups: Map<ClickGroup | 'link', Map<string, number>>
  /** The day's visitors. */
  readonly visitors: Sketch
}

export interface HourClicks {
  readonly clicks: number
  readonly bots: number
}

/** A click, as far as it is counted. */
export interface CountedClick {
  readonly hour: number
  readonly isBot: boolean
  readonly visitor: Uint8Array | null
  readonly values: Partial<Record<ClickGroup | 'link', string>>
}

/** The number of values of a group that are reported for a day. */
export const MAX_VALUES = 100
/** The number of values that are counted, so that those reported are the most frequent ones, or nearly. */
const COUNTED_VALUES = 2 * MAX_VALUES
/** Clicks with any other value. No value is empty. */
export const OTHER = ''

export function noClicks(): DayClicks {
  return { hours: new Map(), groups: new Map(), visitors: createSketch() }
}

/** Adds a click. Of bots only the number is counted. */
export function addClick(day: DayClicks, { hour, isBot, visitor, values }: CountedClick): void {
  addHour(day, hour, isBot ? { clicks: 0, bots: 1 } : { clicks: 1, bots: 0 })
  if (isBot) return
  if (visitor) day.visitors.add(visitor)
  for (const [group, value] of Object.entries(values)) addValue(valuesOf(day, group as ClickGroup | 'link'), value, 1)
  limitValues(day, COUNTED_VALUES)
}

/** Adds up days: the shards of one, or those of a range. */
export function addDays(days: readonly DayClicks[], maxValues = Number.POSITIVE_INFINITY): DayClicks {
  const sum = noClicks()
  for (const { hours, groups, visitors } of days) {
    for (const [hour, counts] of hours) addHour(sum, hour, counts)
    for (const [group, values] of groups) {
      for (const [value, clicks] of values) addValue(valuesOf(sum, group), value, clicks)
    }
    sum.visitors.merge(visitors)
  }
  limitValues(sum, maxValues)
  return sum
}

function addHour({ hours }: DayClicks, hour: number, { clicks, bots }: HourClicks): void {
  const before = hours.get(hour) ?? { clicks: 0, bots: 0 }
  hours.set(hour, { clicks: before.clicks + clicks, bots: before.bots + bots })
}

function valuesOf({ groups }: DayClicks, group: ClickGroup | 'link'): Map<string, number> {
  const values = groups.get(group) ?? new Map<string, number>()
  groups.set(group, values)
  return values
}

function addValue(values: Map<string, number>, value: string, clicks: number): void {
  values.set(value, (values.get(value) ?? 0) + clicks)
}

/** Merges the rarest values of a group that has too many. Half of them may go, so that this happens rarely. */
function limitValues({ groups }: DayClicks, max: number): void {
  for (const [group, values] of groups) {
    if (values.size - Number(values.has(OTHER)) <= max) continue
    groups.set(group, mostFrequent(values, Math.min(max, MAX_VALUES)))
  }
}

/** Adds up all values but the most frequent ones as `OTHER`. Of equally frequent ones the first in the alphabet stay. */
export function mostFrequent(values: ReadonlyMap<string, number>, max: number): Map<string, number> {
  const sorted = [...values]
    .filter(([value]) => value !== OTHER)
    .sort(([a, times], [b, more]) => more - times || (a < b ? -1 : 1))
  const rest = sorted.slice(max).reduce((sum, [, times]) => sum + times, values.get(OTHER) ?? 0)
  return new Map([...sorted.slice(0, max), ...(rest > 0 ? [[OTHER, rest] as const] : [])])
}
