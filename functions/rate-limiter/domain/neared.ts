/** The type of the event. It is here because the check function, which records it, takes no schema library. */
export const LIMIT_NEARED = 'rate-limiter.limit.neared'

/** A subject that has used most of a limit. */
export interface Neared {
  readonly tenant: string
  readonly policy: string
  readonly subject: string
  /** The most that the subject may use, and how much of that it has used. */
  readonly limit: number
  readonly used: number
  /** The window, which has one event; milliseconds since the epoch. */
  readonly startMs: number
  readonly endMs: number
}
