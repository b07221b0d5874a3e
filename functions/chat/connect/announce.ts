import type { Logger } from '../../shared/telemetry/logger.ts'
import type { CheckPresenceLater, PresenceCheck } from '../domain/presence.ts'

/** Lets others hear whether a user is online. It never rejects: presence is no reason to refuse a connection. */
export type Announce = (check: PresenceCheck, signal: AbortSignal) => Promise<void>

export interface AnnounceDeps {
  checkLater: CheckPresenceLater
  logger: Pick<Logger, 'warn'>
}

/** The time in milliseconds in which connections of a user that open and close are told as one change. */
const SETTLING_MS = 1000

export function createAnnounce({ checkLater, logger }: AnnounceDeps): Announce {
  return async (check, signal) => {
    try {
      await checkLater(check, SETTLING_MS, signal)
    } catch (error) {
      logger.warn('presence not announced', { error })
    }
  }
}
