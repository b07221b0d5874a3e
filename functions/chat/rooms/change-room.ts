import type { Cause } from '../../shared/events/event.ts'
import { meetsPreconditions, type Preconditions } from '../../shared/preconditions.ts'
import { type Commit, type CommitResult, type Decide, refuse } from '../domain/commit.ts'
import { isAtLeast } from '../domain/member.ts'
import type { Write } from '../domain/records.ts'
import type { Room, RoomId } from '../domain/room.ts'
import { PURGE_AFTER_MS } from '../domain/upkeep.ts'

/** Changes of a group. A field that is absent stays as it is. */
export interface RoomChanges {
  readonly name?: string | undefined
  /** Days for which messages live; without a limit if `null`. */
  readonly retentionDays?: number | null | undefined
}

export interface ChangeRoomInput extends RoomId {
  readonly user: string
  readonly changes: RoomChanges
  readonly conditions: Preconditions
  readonly cause: Cause
}

export type ChangeRoom = (input: ChangeRoomInput, signal: AbortSignal) => Promise<CommitResult>

/** Changes what clients set of a group. */
export function changeRoom({ commit, newVersion }: { commit: Commit; newVersion: () => string }): ChangeRoom {
  return ({ changes, conditions, ...input }, signal) =>
    commit({ ...input, decide: decideRoomChange({ changes, conditions, version: newVersion() }) }, signal)
}

export interface RoomChange {
  readonly changes: RoomChanges
  readonly conditions: Preconditions
  /** The version after the change. */
  readonly version: string
}

/** Decides on a change of a group: admins rename it, and owners say for how long messages live. */
export function decideRoomChange({ changes, conditions, version }: RoomChange): Decide {
  return ({ room, actor, at }) => {
    if (room.kind === 'direct') return refuse('forbidden', 'Direct rooms have no name, and keep their messages.')
    const least = changes.retentionDays === undefined ? 'admin' : 'owner'
    if (!isAtLeast(actor.role, least)) {
      return refuse('forbidden', 'Only owners and admins can rename a room, and only owners can set retentionDays.')
    }
    if (!meetsPreconditions(conditions, room.version)) return stale()
    const { name = room.name, retentionDays = room.retentionDays } = changes
    if (name === room.name && retentionDays === room.retentionDays) return unchanged(room)
    return {
      outcome: 'change',
      content: { type: 'room', kind: room.kind, name, deleted: false },
      room: { name, retentionDays, version },
      ...(retentionDays !== room.retentionDays && retentionDays !== null && { writes: [dueAt(at)] }),
    }
  }
}

export interface DeleteRoomInput extends RoomId {
  readonly user: string
  readonly conditions: Preconditions
  readonly cause: Cause
}

export type DeleteRoom = (input: DeleteRoomInput, signal: AbortSignal) => Promise<CommitResult>

/**
 * Deletes a group for all its members, in one write: from then on nobody is a member. The rows of its members, of whom
 * there may be 10,000, are removed later, each when the rooms of that member are read next.
 */
export function deleteRoom(commit: Commit): DeleteRoom {
  return ({ conditions, ...input }, signal) => commit({ ...input, decide: decideDeletion(conditions) }, signal)
}

/** Decides on the deletion of a group, which only owners may ask for. */
export function decideDeletion(conditions: Preconditions): Decide {
  return ({ room, actor, at }) => {
    if (room.kind === 'direct') return refuse('forbidden', 'Direct rooms can’t be deleted.')
    if (actor.role !== 'owner') return refuse('forbidden', 'Only owners can delete a room.')
    if (!meetsPreconditions(conditions, room.version)) return stale()
    return {
      outcome: 'change',
      content: { type: 'room', kind: room.kind, name: room.name, deleted: true },
      room: { deletedAt: at, lastMessage: null },
      writes: [dueAt(at + PURGE_AFTER_MS)],
    }
  }
}

/** Puts the room into the list of those that need work later. */
function dueAt(time: number): Write {
  return { key: { record: 'upkeep' }, put: { dueAt: time } }
}

function stale() {
  return refuse('precondition-failed', 'The room has another version: get it again, and send its new ETag.')
}

function unchanged({ head, headAt }: Room) {
  return { outcome: 'unchanged', seq: head, at: headAt } as const
}
