import type { Clock, Random } from '../shared/clock.ts'
import { AppError } from '../shared/errors.ts'
import { randomPause, type StartTimer } from '../shared/resilience/timer.ts'
import type { Logger } from '../shared/telemetry/logger.ts'
import { OPENING_MS, type Recipient } from './domain/live-connection.ts'
import type { Pace } from './pace.ts'

/** Posts a frame to a connection, once. Rejects if the outcome is unknown. */
export type Post = (
  connectionId: string,
  frame: string,
  options: { readonly signal: AbortSignal; readonly once: true },
) => Promise<'sent' | 'gone' | 'throttled' | 'too-large'>

export interface PostFramesDeps {
  post: Post
  now: Clock
  random: Random
  startTimer: StartTimer
  logger: Pick<Logger, 'warn'>
}

/**
 * `behind` and `failed`: some frames could not be sent, and the rest was left out; the client sees the gap in the
 * numbers. A connection is `behind` if it takes no frames, and `failed` is a fault of the service.
 */
export type PostFramesOutcome = 'sent' | 'gone' | 'behind' | 'failed'

export type PostFrames = (
  recipient: Recipient,
  frames: readonly string[],
  options: { readonly pace: Pace; readonly signal: AbortSignal },
) => Promise<PostFramesOutcome>

/** Tries of a frame. With full jitter their pauses add up to at most 3 seconds. */
const MAX_TRIES = 6
const BASE_MS = 100
const CAP_MS = 1600

/**
 * Creates what sends frames to a connection in order. A frame that is throttled, that fails, or whose connection isn't
 * open yet is tried again; what never succeeds leaves only this connection behind.
 *
 * @throws the signal's reason, once it aborts.
 */
export function createPostFrames({ post, now, random, startTimer, logger }: PostFramesDeps): PostFrames {
  async function attempt(connectionId: string, frame: string, signal: AbortSignal) {
    try {
      return await post(connectionId, frame, { signal, once: true })
    } catch (error) {
      signal.throwIfAborted()
      logger.warn('frame not sent', { connection_id: connectionId, error })
      return error instanceof AppError && error.retryable ? 'failed' : 'refused'
    }
  }

  return async ({ connectionId, connectedAt }, frames, { pace, signal }) => {
    for (const frame of frames) {
      let outcome: Awaited<ReturnType<typeof attempt>> = 'failed'
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        await pace(signal)
        outcome = await attempt(connectionId, frame, signal)
        if (outcome === 'gone' && now() >= connectedAt + OPENING_MS) return 'gone'
        if (outcome === 'sent' || outcome === 'refused' || outcome === 'too-large') break
        if (tries < MAX_TRIES) {
          const maxMs = Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1))
          await randomPause({ maxMs, random, signal, startTimer })
        }
      }
      if (outcome !== 'sent') return outcome === 'throttled' || outcome === 'gone' ? 'behind' : 'failed'
    }
    return 'sent'
  }
}
