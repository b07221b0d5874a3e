import type { Clock } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import type { ConnectionRecord } from '../domain/live-connection.ts'
import type { Pseudonymisation, PseudonymiseLater, PseudonymiseStep, Replacement } from '../domain/pseudonym.ts'
import type { RoomId } from '../domain/room.ts'
import type { UserId } from '../domain/user.ts'
import type { LeaveRoom } from './leave-room.ts'

export interface PseudonymiseDeps {
  /** Reads what is under way for a user consistently; `undefined` if nothing is. */
  readPseudonymisation: (user: UserId, signal: AbortSignal) => Promise<Pseudonymisation | undefined>
  /** Lists all rooms that may name a user, consistently. */
  listTraces: (user: UserId, signal: AbortSignal) => Promise<readonly string[]>
  leaveRoom: LeaveRoom
  /** Removes a user's connections from those that get a room's events, or watch it. */
  unregister: (member: RoomId & { readonly user: string }, signal: AbortSignal) => Promise<void>
  /** Replaces a user in the records of a room after a key, as far as one answer of the table goes: the last one's key. */
  replace: (
    replacement: Replacement & { readonly after: string | undefined },
    signal: AbortSignal,
  ) => Promise<string | undefined>
  /** Reads the id of the trace of a user in a room consistently; `undefined` if there is no trace, or it has no id. */
  readTrace: (member: RoomId & { readonly user: string }, signal: AbortSignal) => Promise<string | undefined>
  /** Forgets that a room may name a user, unless the trace has another id by now. */
  removeTrace: (
    member: RoomId & { readonly user: string; readonly trace: string | undefined },
    signal: AbortSignal,
  ) => Promise<void>
  listConnections: (user: UserId, signal: AbortSignal) => Promise<readonly ConnectionRecord[]>
  /** Removes the record of a connection, and the connection from those who watch rooms. */
  removeConnection: (connection: ConnectionRecord, signal: AbortSignal) => Promise<void>
  /** Closes a connection, if it is open. */
  close: (connectionId: string, signal: AbortSignal) => Promise<unknown>
  /**
   * Forgets what was under way, and with it all that is left of a user.
   *
   * @returns false if it stays, because it was requested at another time, or others write the same records.
   */
  forgetUser: (user: UserId & Pick<Pseudonymisation, 'requestedAt'>, signal: AbortSignal) => Promise<boolean>
  later: PseudonymiseLater
  now: Clock
  logger: Pick<Logger, 'warn'>
}

export type PseudonymiseOutcome = 'searching' | 'to-be-continued' | 'searched' | 'done' | 'over'

export type Pseudonymise = (
  step: PseudonymiseStep & { readonly cause: Cause },
  signal: AbortSignal,
) => Promise<PseudonymiseOutcome>

/** The pause until all rooms should be done. A ticket that was issued before has expired by then. */
const CHECK_AFTER_MS = 62_000

/** The time after which a room that is still not done needs a person. */
const MAX_MS = 3_600_000

/** The time that a step searches a room before it hands the rest to another one, in milliseconds. */
const STEP_MS = 10_000

/**
 * Creates what replaces a user by a pseudonym, in steps that may each come twice or die half way. The first closes the
 * user's connections and asks for a step for each room; it comes back, until no room is left that names the user.
 *
 * In a room the user leaves before the search begins: nothing is written in the user's name from there on, and what was
 * written is found. The removal itself is replaced, too, so that workers no longer see whose it is: therefore the user's
 * connections are removed from the room before. Others may still name the user there, by a ban for one, behind the search:
 * that writes the room's trace again, which stays, so that the room is searched again.
 *
 * @throws AppError (retryable) when a room is not done for an hour, and what the reads and writes throw.
 */
export function createPseudonymise(deps: PseudonymiseDeps): Pseudonymise {
  const { readPseudonymisation } = deps
  const [sweep, search] = [createSweep(deps), createSearch(deps)]
  return async (step, signal) => {
    const underWay = await readPseudonymisation(step, signal)
    if (!underWay) return 'over'
    const { room, ...rest } = step
    return room === undefined ? sweep(step, underWay, signal) : search({ ...rest, ...underWay, room }, signal)
  }
}

function createSweep({ listTraces, listConnections, removeConnection, close, ...deps }: PseudonymiseDeps) {
  const { forgetUser, later, now, logger } = deps

  async function disconnect(user: UserId, signal: AbortSignal): Promise<void> {
    for (const connection of await listConnections(user, signal)) {
      await removeConnection(connection, signal)
      try {
        await close(connection.connectionId, signal)
      } catch (error) {
        // It gets no events any more.
        logger.warn('connection left open', { connection_id: connection.connectionId, error })
      }
    }
  }

  return async (
    { tenant, user }: UserId,
    { requestedAt }: Pseudonymisation,
    signal: AbortSignal,
  ): Promise<PseudonymiseOutcome> => {
    await disconnect({ tenant, user }, signal)
    const rooms = await listTraces({ tenant, user }, signal)
    const age = now() - requestedAt
    if (rooms.length === 0 && age >= CHECK_AFTER_MS) {
      if (await forgetUser({ tenant, user, requestedAt }, signal)) return 'done'
      await later([{ tenant, user }], 0, signal)
      return 'searching'
    }
    if (age > MAX_MS) throw new AppError('conflict', `${rooms.length} rooms are not done`, { retryable: true })
    await later(
      rooms.map((room) => ({ tenant, user, room })),
      0,
      signal,
    )
    await later([{ tenant, user }], CHECK_AFTER_MS, signal)
    return 'searching'
  }
}

type Search = Replacement & Pick<PseudonymiseStep, 'after' | 'trace'> & { readonly cause: Cause }

function createSearch({ leaveRoom, unregister, replace, readTrace, removeTrace, later, now }: PseudonymiseDeps) {
  return async ({ cause, after: begun, trace: seen, pseudonym, ...member }: Search, signal: AbortSignal) => {
    let trace = seen
    if (begun === undefined) {
      await leaveRoom({ ...member, cause }, signal)
      // After the removal, which writes the trace, too, and before the first record is searched.
      trace = await readTrace(member, signal)
      await unregister(member, signal)
    }
    const end = now() + STEP_MS
    let after = begun
    do {
      after = await replace({ ...member, pseudonym, after }, signal)
    } while (after !== undefined && now() < end)
    if (after !== undefined) {
      await later([{ ...member, after, trace }], 0, signal)
      return 'to-be-continued'
    }
    await removeTrace({ ...member, trace }, signal)
    return 'searched'
  }
}
