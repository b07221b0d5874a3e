import type { Clock } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import type { ConnectionRecord } from '../domain/live-connection.ts'
import { type CheckPresenceLater, type Presence, type PresenceCheck, vanishesIn } from '../domain/presence.ts'

type User = Pick<PresenceCheck, 'tenant' | 'user'>

export interface CheckPresenceDeps {
  /** Lists a user's connections consistently. */
  list: (user: User, signal: AbortSignal) => Promise<readonly ConnectionRecord[]>
  /** Marks a connection as vanished, unless it sent a `ping` meanwhile; tells whether it has vanished, or is closed. */
  markVanished: (record: ConnectionRecord, signal: AbortSignal) => Promise<boolean>
  readPresence: (user: User, signal: AbortSignal) => Promise<Presence | undefined>
  /** Writes if the presence is still `before`; tells whether it did. */
  writePresence: (
    change: User & { readonly before: Presence | undefined; readonly after: Presence },
    signal: AbortSignal,
  ) => Promise<boolean>
  /** Tells those who watch the rooms of a user. */
  tellPresence: (presence: User & { readonly online: boolean }, signal: AbortSignal) => Promise<void>
  checkLater: CheckPresenceLater
  now: Clock
}

export type CheckPresenceOutcome = 'online' | 'offline' | 'unchanged'

export type CheckPresence = (check: PresenceCheck, signal: AbortSignal) => Promise<CheckPresenceOutcome>

/** Tries of a change while others find out the same. */
const MAX_TRIES = 5

/**
 * Creates what finds out whether a user is online: whether any connection of the user lives. Those that were silent for
 * too long have vanished, although they may be open: then their next frame shows it, and they watch what they watched. A check of a connection that
 * lives is repeated when it would have vanished, so that each connection has one check under way.
 *
 * @throws AppError (retryable) when others keep changing the same presence; otherwise what the reads and writes throw.
 */
export function createCheckPresence(deps: CheckPresenceDeps): CheckPresence {
  const { list, markVanished, checkLater, now } = deps
  const changePresence = createChangePresence(deps)

  return async ({ tenant, user, connectionId }, signal) => {
    const live: ConnectionRecord[] = []
    for (const record of await list({ tenant, user }, signal)) {
      const isSilent = vanishesIn(record, now()) === 0
      const hasVanished = record.vanished || (isSilent && (await markVanished(record, signal)))
      if (!hasVanished) live.push(record)
    }
    const outcome = await changePresence({ tenant, user }, live.length > 0, signal)
    const checked = live.find((record) => record.connectionId === connectionId)
    if (checked) await checkLater({ tenant, user, connectionId }, vanishesIn(checked, now()), signal)
    return outcome
  }
}

/** Creates what stores a presence and tells it: it counts as told when all was sent, so that a crash repeats it. */
function createChangePresence({ readPresence, writePresence, tellPresence }: CheckPresenceDeps) {
  return async (user: User, online: boolean, signal: AbortSignal): Promise<CheckPresenceOutcome> => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const before = await readPresence(user, signal)
      if ((before?.online ?? false) === online && before?.told !== false) return 'unchanged'
      const telling: Presence = { online, told: false, revision: (before?.revision ?? 0) + 1 }
      if (!(await writePresence({ ...user, before, after: telling }, signal))) continue
      await tellPresence({ ...user, online }, signal)
      const told: Presence = { ...telling, told: true, revision: telling.revision + 1 }
      if (await writePresence({ ...user, before: telling, after: told }, signal)) return online ? 'online' : 'offline'
    }
    throw new AppError('conflict', 'The presence of a user keeps changing', { retryable: true })
  }
}
