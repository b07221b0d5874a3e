import type { Logger } from '../../shared/telemetry/logger.ts'
import type { CheckPresenceLater, PresenceCheck } from '../domain/presence.ts'

/** Lets others hear whether a user is online. It never rejects: presence is no reason to refuse a connection. */
export type Announce = (check: PresenceCheck, signal: AbortSignal) => Promise<void>

export interface AnnounceDeps {
  /** Loads what asks for checks, when a connection first opens or closes: most invocations need no queue. */
  loadCheckLater: () => Promise<CheckPresenceLater>
  logger: Pick<Logger, 'warn'>
}

/** The time in milliseconds in which connections of a user that open and close count as one change. */
const SETTLING_MS = 1000

export function createAnnounce({ loadCheckLater, logger }: AnnounceDeps): Announce {
  let loading: Promise<CheckPresenceLater> | undefined
  return async (check, signal) => {
    try {
      loading ??= loadCheckLater()
      const checkLater = await loading
      await checkLater(check, SETTLING_MS, signal)
    } catch (error) {
      logger.warn('presence not announced', { error })
    }
  }
}
