/** Counts what a policy denied in a minute, and could not decide, as one environment saw it. */
export interface DenialReport {
  readonly tenant: string
  readonly policy: string
  /** Its start, as in `2026-05-06T07:08Z`. */
  readonly minute: string
  /** Subjects with counts that are never too high. */
  readonly denied: readonly (readonly [subject: string, count: number])[]
  /** Decisions that `onError` made, because the table did not answer in time; never too high. */
  readonly degraded?: number | undefined
}

/** One report of denials: the content of a message. */
export interface DenialMessage {
  /** The same when it is sent again. */
  readonly id: string
  readonly reports: readonly DenialReport[]
}

/** Says that the minute of a policy is over, so that its denials can be published. */
export interface MinuteEnd {
  readonly ended: PolicyMinute
}

/** Names a minute of a policy. */
export type PolicyMinute = Pick<DenialReport, 'tenant' | 'policy' | 'minute'>

/** The number of subjects that an environment remembers, and a minute of a policy. */
export const MAX_DENIED_SUBJECTS = 100

/** The number of policies that an environment remembers whose decisions `onError` made. */
export const MAX_DEGRADED_POLICIES = 100

const MINUTE_MS = 60_000

/** Names the minute of a time in milliseconds; names sort by time. */
export function minuteOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`
}

/** Returns when a minute began, in milliseconds. */
export function startOf(minute: string): number {
  return Date.parse(minute)
}

/** A minute is kept for so long: it is asked for during an hour. */
export const MINUTE_KEPT_MS = 2 * 3_600_000

/** Environments report later than they deny, and what is reported is not counted at once. */
const PUBLISHED_AFTER_MS = 60_000

/** Returns the wait, in milliseconds, until a minute is published: a minute after its end, and at least a minute. */
export function msUntilPublished(minute: string, now: number): number {
  return Math.max(PUBLISHED_AFTER_MS, startOf(minute) + MINUTE_MS + PUBLISHED_AFTER_MS - now)
}

/** Names the first of the sixty minutes of which now is the last. */
export function firstOfHour(now: number): string {
  return minuteOf(now - 59 * MINUTE_MS)
}
