import type { ConnectionRecord } from './live-connection.ts'

/** The silence after which a client counts as vanished, in milliseconds. Clients send a `ping` every 30 to 45 seconds. */
export const VANISHED_AFTER_MS = 120_000

/** States whether a user is online, and whether all watchers were notified of it. */
export interface Presence {
  readonly online: boolean
  /** False until all watchers were notified: a check that finds it false notifies them again. */
  readonly notified: boolean
  /** Grows with each change. */
  readonly revision: number
}

/** Asks to find out whether a user is online, and whether a connection of the user still lives. */
export interface PresenceCheck {
  readonly tenant: string
  readonly user: string
  readonly connectionId?: string | undefined
}

/** Returns the milliseconds after which a connection has vanished unless it sends a `ping`; 0 if it has. */
export function vanishesIn({ seenAt }: Pick<ConnectionRecord, 'seenAt'>, now: number): number {
  return Math.max(seenAt + VANISHED_AFTER_MS - now, 0)
}

/** Asks for a check after a delay in milliseconds. Rejects as `Sqs` does. */
export type CheckPresenceLater = (check: PresenceCheck, delayMs: number, signal: AbortSignal) => Promise<void>
