import type { Clock } from '../../shared/clock.ts'
import type { LiveConnection } from '../domain/live-connection.ts'
import type { ReadMembership, RoomId } from '../domain/room.ts'
import { type ListWatchers, MAX_WATCHED_MEMBERS } from '../domain/watcher.ts'
import type { Tell } from './tell.ts'

/** Checks and records that a user types in a room: true if the user did not in the last `everyMs`. */
export type TakeTyping = (
  typing: RoomId & { readonly user: string; readonly now: number; readonly everyMs: number },
  signal: AbortSignal,
) => Promise<boolean>

export interface TypingDeps {
  readMembership: ReadMembership
  takeTyping: TakeTyping
  listWatchers: ListWatchers
  tell: Tell
  now: Clock
}

/** Tells those who watch a room that a user types there. */
export type Typing = (
  connection: LiveConnection,
  room: string,
  signal: AbortSignal,
) => Promise<'told' | 'not-told' | 'not-member'>

/** The time in which others are told at most once that a user is typing in a room. */
const EVERY_MS = 3000

export function createTyping({ readMembership, takeTyping, listWatchers, tell, now }: TypingDeps): Typing {
  return async ({ tenant, user }, room, signal) => {
    const id = { tenant, room }
    const membership = await readMembership({ ...id, user }, signal)
    if (!membership) return 'not-member'
    if (membership.room.members > MAX_WATCHED_MEMBERS) return 'not-told'
    if (!(await takeTyping({ ...id, user, now: now(), everyMs: EVERY_MS }, signal))) return 'not-told'
    const watchers = (await listWatchers(id, signal)).filter((watcher) => watcher.user !== user)
    const connectionIds = watchers.map(({ connectionId }) => connectionId)
    await tell({ id, frame: { t: 'typing', room, user }, connectionIds }, signal)
    return 'told'
  }
}
