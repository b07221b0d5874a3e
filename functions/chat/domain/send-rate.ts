/** Limits how often a user may commit to a room: `perSecond` on average, and `burst` at once. */
export interface SendRate {
  readonly perSecond: number
  readonly burst: number
}

export const SEND_RATE: SendRate = { perSecond: 10, burst: 20 }

/** The outcome of taking a token: the new time at which the bucket is full, or the wait for the next token. */
export type TokenOutcome = { readonly fullAt: number } | { readonly retryAfterMs: number }

/**
 * Takes a token of a bucket that is stored as one number, the time at which it is full again (the generic cell rate
 * algorithm, ITU-T I.371). All times are milliseconds since the epoch.
 */
export function takeToken(fullAt: number, now: number, { perSecond, burst }: SendRate): TokenOutcome {
  const interval = 1000 / perSecond
  // A bucket is never emptier than empty: beyond that, the number was written by a clock that is ahead of this one.
  const known = Math.min(Math.max(fullAt, now), now + burst * interval)
  const wait = known + interval - now - burst * interval
  return wait > 0 ? { retryAfterMs: Math.ceil(wait) } : { fullAt: known + interval }
}
