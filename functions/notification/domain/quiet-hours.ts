import type { JudgeQuietHours, QuietHours } from './person.ts'
import { dayOf, instantsOf, timeOfDay, wallTime } from './zone-time.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** The zone of a user who has none. */
const DEFAULT_ZONE = 'UTC'

/**
 * Judges quiet hours: each day they begin at the first `start` and last until the first `end` after it, which is
 * excluded. Where clocks go forward over one of the two, it is the instant after the gap; where they go back over `end`,
 * its first time after `start` counts.
 */
export const judgeQuietHours: JudgeQuietHours = (now, quietHours, zone) => {
  const place = zone ?? DEFAULT_ZONE
  const today = dayOf(wallTime(now, place))
  // A day may be missing in a zone that crosses the date line, and its hours belong to the day before yesterday.
  const spans = [-2, -1, 0, 1].map((days) => spanOf(today + days * DAY_MS, quietHours, place))
  let until = now
  // A change of the clocks may let one span begin at the end of another.
  for (const { begin, end } of spans) if (begin <= until && until < end) until = end
  return until === now ? null : until
}

/** Returns the quiet hours that begin on a day of a zone. */
function spanOf(day: number, quietHours: QuietHours, zone: string): { begin: number; end: number } {
  const [start, end] = [timeOfDay(quietHours.start), timeOfDay(quietHours.end)]
  const [begin] = instantsOf(day + start, zone)
  // Both may be skipped by one change of the clocks: then there are no quiet hours on this day.
  const sameDay = instantsOf(day + end, zone).filter((instant) => instant > begin || (end > start && instant === begin))
  const [nextDay] = instantsOf(day + DAY_MS + end, zone)
  return { begin, end: Math.min(...sameDay, nextDay) }
}
