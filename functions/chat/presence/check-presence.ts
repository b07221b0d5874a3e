import type { Clock } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import type { ConnectionRecord } from '../domain/live-connection.ts'
import { type CheckPresenceLater, type Presence, type PresenceCheck, vanishesIn } from '../domain/presence.ts'

type User = Pick<PresenceCheck, 'tenant' | 'user'>

export interface CheckPresenceDeps {
  /** Lists a user's connections consistently. */
  list: (user: User, signal: AbortSignal) => Promise<readonly ConnectionRecord[]>
  /** Marks a connection as vanished, unless it sent a `ping` meanwhile; returns whether it has vanished or closed. */
  markVanished: (record: ConnectionRecord, signal: AbortSignal) => Promise<boolean>
  readPresence: (user: User, signal: AbortSignal) => Promise<Presence | undefined>
  /** Writes if the presence is still `before`; returns whether it did. */
  writePresence: (
    change: User & { readonly before: Presence | undefined; readonly after: Presence },
    signal: AbortSignal,
  ) => Promise<boolean>
  /** Notifies those who watch the rooms of a user. */
  notifyWatchers: (presence: User & { readonly online: boolean }, signal: AbortSignal) => Promise<void>
  checkLater: CheckPresenceLater
  now: Clock
}

export type CheckPresenceOutcome = 'online' | 'offline' | 'unchanged'

export type CheckPresence = (check: PresenceCheck, signal: AbortSignal) => Promise<CheckPresenceOutcome>

/** Rounds of a check, while others find out the same. A change takes two: one that notifies, and one that confirms. */
const MAX_ROUNDS = 10

/**
 * Creates what finds out whether a user is online: whether any connection of the user lives. Those that were silent for
 * too long have vanished, although they may be open: then their next frame shows it, and they watch what they watched. A
 * check of a connection that lives is repeated when it would have vanished, so that each has one check under way.
 *
 * @throws AppError (retryable) when others keep changing the same presence; otherwise what the reads and writes throw.
 */
export function createCheckPresence(deps: CheckPresenceDeps): CheckPresence {
  const { checkLater, now } = deps
  const settle = createSettle(deps)

  return async ({ connectionId, ...user }, signal) => {
    const { outcome, live } = await settle(user, signal)
    const checked = live.find((record) => record.connectionId === connectionId)
    if (checked) await checkLater({ ...user, connectionId }, vanishesIn(checked, now()), signal)
    return outcome
  }
}

interface Settled {
  readonly outcome: CheckPresenceOutcome
  readonly live: readonly ConnectionRecord[]
}

/**
 * Creates what stores a presence and notifies watchers until it agrees with the user's connections. Each round reads
 * the presence before the connections, so that a write fails where another check came between. The connections are read
 * again after the frames were sent: a connection that opened before the new presence was stored may have been checked
 * against the old one, and nobody else would notice. A check that sent something else than what holds in the end sends
 * that, too, even if others have done so, because its own frames may have come last. Watchers count as notified only
 * when all frames were sent, so that the check after a crash sends them again.
 */
function createSettle(deps: CheckPresenceDeps) {
  const { readPresence, writePresence, notifyWatchers } = deps
  const listLive = createListLive(deps)
  return async (user: User, signal: AbortSignal): Promise<Settled> => {
    let lastNotified: boolean | undefined
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const before = await readPresence(user, signal)
      const live = await listLive(user, signal)
      const online = live.length > 0
      const isStored = (before?.online ?? false) === online
      const hasNotified = lastNotified === online
      const after: Presence = { online, notified: isStored && hasNotified, revision: (before?.revision ?? 0) + 1 }
      if (isStored && before?.notified !== false && (hasNotified || lastNotified === undefined)) {
        return { outcome: hasNotified ? outcomeOf(online) : 'unchanged', live }
      }
      if (!(await writePresence({ ...user, before, after }, signal))) continue
      if (after.notified) return { outcome: outcomeOf(online), live }
      await notifyWatchers({ ...user, online }, signal)
      lastNotified = online
    }
    throw new AppError('conflict', 'The presence of a user keeps changing', { retryable: true })
  }
}

function outcomeOf(online: boolean): CheckPresenceOutcome {
  return online ? 'online' : 'offline'
}

/** Creates what lists the connections of a user that live, and marks the others. */
function createListLive({ list, markVanished, now }: CheckPresenceDeps) {
  return async (user: User, signal: AbortSignal): Promise<ConnectionRecord[]> => {
    const live: ConnectionRecord[] = []
    for (const record of await list(user, signal)) {
      const isSilent = vanishesIn(record, now()) === 0
      const hasVanished = record.vanished || (isSilent && (await markVanished(record, signal)))
      if (!hasVanished) live.push(record)
    }
    return live
  }
}
