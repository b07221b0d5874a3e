import type { NotifyLevel } from '../domain/member.ts'
import type { ReadMembership, RoomId } from '../domain/room.ts'

export interface NotifyInput extends RoomId {
  readonly user: string
  readonly level: NotifyLevel
}

/** Sets the level in the row of a member, unless there is no such row. */
export type StoreNotifyLevel = (input: NotifyInput, signal: AbortSignal) => Promise<'stored' | 'not-member'>

export type SetNotifyLevel = (
  input: NotifyInput & { onlyIfAbsent: boolean },
  signal: AbortSignal,
) => Promise<'set' | 'not-member' | 'stale'>

/**
 * Sets which messages notify a member without a live connection. It is not an event: it concerns nobody else.
 * Every member has a level from the start, the default, so that there is none to create.
 */
export function setNotifyLevel(deps: { read: ReadMembership; store: StoreNotifyLevel }): SetNotifyLevel {
  return async ({ onlyIfAbsent, ...input }, signal) => {
    if (!(await deps.read(input, signal))) return 'not-member'
    if (onlyIfAbsent) return 'stale'
    return (await deps.store(input, signal)) === 'stored' ? 'set' : 'not-member'
  }
}
