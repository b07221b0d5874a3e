import type { Clock } from '../../shared/clock.ts'
import type { ReadRoom } from '../domain/log.ts'
import type { RoomId } from '../domain/room.ts'
import { type DueRoom, PURGE_AFTER_MS } from '../domain/upkeep.ts'
import type { ExpireMessages, StepOutcome } from './expire-messages.ts'

/**
 * Removes a part of what is left of a deleted room.
 *
 * @returns true if nothing is left. It rejects as `DynamoDB` does.
 */
export type PurgeSome = (id: RoomId & { shards: number }, signal: AbortSignal) => Promise<boolean>

export interface KeepUpDeps {
  readRoom: ReadRoom
  expireMessages: ExpireMessages
  purgeSome: PurgeSome
  /** Sets when a room is due next, or never (`null`), unless that was changed meanwhile. Rejects as `DynamoDB` does. */
  reschedule: (due: DueRoom, dueAt: number | null, signal: AbortSignal) => Promise<void>
  now: Clock
}

/** Does a bounded part of the work on a room that is due. @returns true if the rest can wait. */
export type KeepUp = (due: DueRoom, signal: AbortSignal) => Promise<boolean>

/** Creates a step of the work on a room. Two at the same time do no harm, nor does one that ends early. */
export function keepUp(deps: KeepUpDeps): KeepUp {
  return async (due, signal) => {
    const outcome = await step(deps, due, signal)
    if (outcome.isDone) await deps.reschedule(due, outcome.dueAt, signal)
    return outcome.isDone
  }
}

async function step(
  { readRoom, expireMessages, purgeSome, now }: KeepUpDeps,
  { tenant, room: name }: DueRoom,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const id = { tenant, room: name }
  const room = await readRoom(id, signal)
  if (!room) return { isDone: true, dueAt: null }
  const { deletedAt, retentionDays, shards } = room
  if (deletedAt !== null) {
    const from = deletedAt + PURGE_AFTER_MS
    if (now() < from) return { isDone: true, dueAt: from }
    return (await purgeSome({ ...id, shards }, signal)) ? { isDone: true, dueAt: null } : { isDone: false }
  }
  return retentionDays === null ? { isDone: true, dueAt: null } : expireMessages({ id, room, retentionDays }, signal)
}
