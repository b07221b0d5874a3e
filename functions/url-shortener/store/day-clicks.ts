import type { Item } from '../../shared/data/table.ts'
import { COUNTS_KEPT_MS } from '../domain/click.ts'
import type { DayClicks, HourClicks } from '../domain/day-clicks.ts'
import { createSketch } from '../domain/hyper-log-log.ts'

type Groups = DayClicks['groups']

/** Builds the attributes of a day's clicks. */
export function toDayAttributes(day: string, { hours, groups, visitors }: DayClicks): Item {
  const byGroup = [...groups].map(([group, values]) => [group, Object.fromEntries(values)])
  const byHour = [...hours].map(([hour, { clicks, bots }]) => [hour, [clicks, bots]])
  const sketch = visitors.encode()
  return {
    hoursJson: { S: JSON.stringify(Object.fromEntries(byHour)) },
    groupsJson: { S: JSON.stringify(Object.fromEntries(byGroup)) },
    ...(sketch.length > 0 && { visitors: { B: sketch } }),
    ttl: { N: String((Date.parse(day) + COUNTS_KEPT_MS) / 1000) },
  }
}

export function toDayClicks({ hoursJson, groupsJson, visitors }: Item): DayClicks {
  const hours = Object.entries(JSON.parse(hoursJson?.S ?? '{}') as Record<string, [number, number]>)
  const groups = Object.entries(JSON.parse(groupsJson?.S ?? '{}') as Record<string, Record<string, number>>)
  const byHour = hours.map(([hour, [clicks, bots]]): [number, HourClicks] => [Number(hour), { clicks, bots }])
  return {
    hours: new Map(byHour),
    groups: new Map(groups.map(([group, values]) => [group, new Map(Object.entries(values))])) as Groups,
    visitors: createSketch(visitors?.B),
  }
}
