import { dayOf } from '../domain/click.ts'
import { addDays, type ClickGroup, type DayClicks, MAX_VALUES, mostFrequent, OTHER } from '../domain/day-clicks.ts'
import { bucketsOf, type StatsRange } from './range.ts'

/** Reads the clicks of the days from the first to the last one, with all shards of a day. */
export type ReadDays = (
  days: { of: 'link' | 'tenant'; name: string; first: string; last: string },
  signal: AbortSignal,
) => Promise<{ day: string; clicks: DayClicks }[]>

export interface ClickStats {
  clicks: number
  uniques: number
  bots: number
  series: { at: string; clicks: number; uniques?: number }[]
  groups?: { value: string; clicks: number }[]
}

export interface TenantStats extends ClickStats {
  top: { code: string; clicks: number }[]
}

/** A range with the property by which its clicks are grouped. */
export interface StatsQuery extends StatsRange {
  readonly groupBy?: ClickGroup | undefined
}

/** Reads the statistics of a link. Visitors and groups are those of whole days, even if the range isn't. */
export function linkStats(readDays: ReadDays) {
  return async (code: string, query: StatsQuery, signal: AbortSignal): Promise<ClickStats> =>
    toStats(await daysIn(readDays, { of: 'link', name: code, ...query }, signal), query)
}

/** Reads the statistics of all links of a tenant, including deleted ones. */
export function tenantStats(readDays: ReadDays) {
  return async (tenant: string, query: StatsQuery, signal: AbortSignal): Promise<TenantStats> => {
    const days = await daysIn(readDays, { of: 'tenant', name: tenant, ...query }, signal)
    const top = groupOf(days, 'link').filter(({ value }) => value !== OTHER)
    return { ...toStats(days, query), top: top.map(({ value, clicks }) => ({ code: value, clicks })) }
  }
}

/** Reads the days of a range, each with the sum of its shards. */
async function daysIn(
  readDays: ReadDays,
  { of, name, from, to }: StatsRange & { of: 'link' | 'tenant'; name: string },
  signal: AbortSignal,
): Promise<Map<string, DayClicks>> {
  const shards = await readDays({ of, name, first: dayOf(from), last: dayOf(to - 1) }, signal)
  const byDay = Map.groupBy(shards, ({ day }) => day)
  return new Map(
    [...byDay].map(([day, found]) => [
      day,
      addDays(
        found.map(({ clicks }) => clicks),
        MAX_VALUES,
      ),
    ]),
  )
}

function toStats(days: ReadonlyMap<string, DayClicks>, query: StatsQuery): ClickStats {
  const { interval, groupBy } = query
  const uniques = new Map([...days].map(([day, { visitors }]) => [day, visitors.estimate()]))
  const buckets = bucketsOf(query).map((at) => ({ at, ...countsIn(days, query, at) }))
  return {
    clicks: sum(buckets.map(({ clicks }) => clicks)),
    uniques: sum([...uniques.values()]),
    bots: sum(buckets.map(({ bots }) => bots)),
    series: buckets.map(({ at, clicks }) => ({
      at: new Date(at).toISOString(),
      clicks,
      ...(interval === 'day' && { uniques: uniques.get(dayOf(at)) ?? 0 }),
    })),
    ...(groupBy && {
      groups: groupOf(days, groupBy).map(({ value, clicks }) => ({ value: value || 'other', clicks })),
    }),
  }
}

function countsIn(days: ReadonlyMap<string, DayClicks>, { interval }: StatsRange, at: number) {
  const hours = days.get(dayOf(at))?.hours ?? new Map()
  const found = interval === 'day' ? [...hours.values()] : [hours.get(new Date(at).getUTCHours())].filter(Boolean)
  return { clicks: sum(found.map(({ clicks }) => clicks)), bots: sum(found.map(({ bots }) => bots)) }
}

/** Returns the most frequent values, then the sum of all others as `OTHER`. */
function groupOf(days: ReadonlyMap<string, DayClicks>, group: ClickGroup | 'link') {
  const values = addDays([...days.values()]).groups.get(group) ?? new Map<string, number>()
  return [...mostFrequent(values, MAX_VALUES)].map(([value, clicks]) => ({ value, clicks }))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
