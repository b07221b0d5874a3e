import type { Clock, Random } from '../../shared/clock.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import type { LiveConnection } from '../domain/live-connection.ts'
import type { Post } from '../post-frames.ts'

/** API Gateway ends a connection after 2 hours, without a word to its client. */
const OLD_MS = 115 * 60_000

/** The longest wait that clients are asked for, so that those of one deployment don't all come back at once. */
const MAX_WAIT_MS = 60_000

export interface AskToReconnectDeps {
  post: Post
  now: Clock
  random: Random
  logger: Pick<Logger, 'warn'>
}

/** Asks the client of a connection that is about to end for another one. Never rejects. */
export type AskToReconnect = (connection: LiveConnection, signal: AbortSignal) => Promise<void>

export function createAskToReconnect({ post, now, random, logger }: AskToReconnectDeps): AskToReconnect {
  return async ({ connectionId, connectedAt }, signal) => {
    if (now() < connectedAt + OLD_MS) return
    const frame = { t: 'reconnect', afterMs: Math.floor(random() * MAX_WAIT_MS) }
    try {
      await post(connectionId, JSON.stringify(frame), { signal, once: true })
    } catch (error) {
      // The client replaces old connections by itself, and asks again with its next ping.
      logger.warn('frame not sent', { connection_id: connectionId, error })
    }
  }
}
