import type { Random } from '../../shared/clock.ts'
import type { Channel } from './channel.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** The longest pause before the second try; it doubles with each further one. */
const BASE_MS = SECOND
const CAP_MS = 15 * MINUTE

/** The time for which a provider is tried again, from when a channel was first due. */
export const RETRY_MS = 24 * HOUR

/** The pauses before the tries of a webhook, the first retry first. */
export const WEBHOOK_PAUSES: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]

/** The time by which an answer's `Retry-After` can lengthen a pause, at most. */
const MAX_LONGER_MS = 2 * HOUR

export interface RetryQuestion {
  readonly channel: Channel
  /** The tries so far, at least one. */
  readonly attempts: number
  readonly firstDueAt: number
  readonly expiresAt: number | null
  readonly now: number
  /** The wait that the provider asked for. */
  readonly retryAfterMs?: number | undefined
}

/**
 * Returns when to try again, or `null` if there is no time left. Webhooks have a schedule. All others are tried after a
 * random pause of up to 1 s, doubling to 15 minutes ("full jitter"), until 24 h after they were due; the last try is at
 * that time.
 */
export function nextTry(question: RetryQuestion, random: Random): number | null {
  const { channel, attempts, firstDueAt, expiresAt, now, retryAfterMs = 0 } = question
  if (channel === 'webhook') {
    const pause = WEBHOOK_PAUSES[attempts - 1]
    if (pause === undefined) return null
    return earlier(now + Math.max(pause, Math.min(retryAfterMs, pause + MAX_LONGER_MS)), expiresAt)
  }
  const end = firstDueAt + RETRY_MS
  if (now >= end) return null
  const jittered = random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempts - 1, 20))
  const pause = Math.max(jittered, Math.min(retryAfterMs, CAP_MS))
  return earlier(Math.min(now + pause, end), expiresAt)
}

/** A try at the expiry finds it expired, and says so. */
function earlier(at: number, expiresAt: number | null): number {
  return Math.ceil(expiresAt === null ? at : Math.min(at, expiresAt))
}
