import type { NotifyLevel } from '../domain/member.ts'
import type { ReadMembership, RoomId } from '../domain/room.ts'

export interface NotifyInput extends RoomId {
  readonly user: string
  readonly level: NotifyLevel
}

/** Sets the level in the row of a member, unless there is no such row. */
export type StoreNotifyLevel = (input: NotifyInput, signal: AbortSignal) => Promise<'stored' | 'not-member'>

export type SetNotifyLevel = (input: NotifyInput, signal: AbortSignal) => Promise<'set' | 'not-member'>

/** Sets of which messages a member hears without a live connection. It is no event of the room: it is nobody's business. */
export function setNotifyLevel(deps: { read: ReadMembership; store: StoreNotifyLevel }): SetNotifyLevel {
  return async (input, signal) => {
    if (!(await deps.read(input, signal))) return 'not-member'
    return (await deps.store(input, signal)) === 'stored' ? 'set' : 'not-member'
  }
}
