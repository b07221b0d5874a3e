import type { Situation } from './commit.ts'
import type { Write } from './records.ts'
import type { RoomId } from './room.ts'
import type { UserId } from './user.ts'

/** A user who is being replaced by a pseudonym. */
export interface Pseudonymisation {
  /** The name that stands for the user, which says nothing about who that was. */
  readonly pseudonym: string
  /** The time of the latest request, in milliseconds since the epoch. */
  readonly requestedAt: number
}

/** A step of replacing a user: in one room, or without a room the start, and later the check that all is done. */
export interface PseudonymiseStep extends UserId {
  readonly room?: string | undefined
  /** The last key of the room that is done; without it none is. */
  readonly after?: string | undefined
  /** The id of the room's trace when its search began. */
  readonly trace?: string | undefined
}

/** Asks for steps after a delay in milliseconds, some perhaps twice. Rejects if some could not be asked for. */
export type PseudonymiseLater = (
  steps: readonly PseudonymiseStep[],
  delayMs: number,
  signal: AbortSignal,
) => Promise<void>

/** The name that replaces a user in the records of a room. */
export interface Replacement extends RoomId {
  readonly user: string
  readonly pseudonym: string
}

/** Builds the write by which a room is found that names a user in an event, and who may be no member of it afterwards. */
export function traceOf(user: string, { seq }: Pick<Situation, 'seq'>): Write {
  return { key: { record: 'trace', user }, put: { id: String(seq) } }
}
