/** How often subjects of a policy were denied in a minute, as one environment saw it. */
export interface DenialReport {
  readonly tenant: string
  readonly policy: string
  /** Its start, as in `2026-05-06T07:08Z`. */
  readonly minute: string
  /** Subjects with counts that are never too high. */
  readonly denied: readonly (readonly [subject: string, count: number])[]
}

/** What an environment hands to the queue at once. */
export interface DenialMessage {
  /** The same when it is sent again. */
  readonly id: string
  readonly reports: readonly DenialReport[]
}

/** Names a minute of a policy. */
export type PolicyMinute = Pick<DenialReport, 'tenant' | 'policy' | 'minute'>

/** How many subjects an environment remembers, and how many a minute of a policy. */
export const MAX_DENIED_SUBJECTS = 100

const MINUTE_MS = 60_000

/** Names the minute of a time in milliseconds; names sort by time. */
export function minuteOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`
}

/** Returns when a minute began, in milliseconds. */
export function startOf(minute: string): number {
  return Date.parse(minute)
}

/** Names the first of the sixty minutes of which now is the last. */
export function firstOfHour(now: number): string {
  return minuteOf(now - 59 * MINUTE_MS)
}
