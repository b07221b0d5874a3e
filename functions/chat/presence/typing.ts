import type { Clock } from '../../shared/clock.ts'
import type { LiveConnection } from '../domain/live-connection.ts'
import type { ReadMembership, RoomId } from '../domain/room.ts'
import { type ListWatchers, MAX_WATCHED_MEMBERS } from '../domain/watcher.ts'
import type { PostToAll } from './post-to-all.ts'

/** Checks and records that a user types in a room: true if the user did not in the last `everyMs`. */
export type TakeTyping = (
  typing: RoomId & { readonly user: string; readonly now: number; readonly everyMs: number },
  signal: AbortSignal,
) => Promise<boolean>

export interface TypingDeps {
  readMembership: ReadMembership
  takeTyping: TakeTyping
  listWatchers: ListWatchers
  postToAll: PostToAll
  now: Clock
}

/** Notifies those who watch a room that a user types there. */
export type Typing = (
  connection: LiveConnection,
  room: string,
  signal: AbortSignal,
) => Promise<'sent' | 'not-sent' | 'not-member'>

/** The time in which others are notified at most once that a user is typing in a room. */
const EVERY_MS = 3000

export function createTyping({ readMembership, takeTyping, listWatchers, postToAll, now }: TypingDeps): Typing {
  return async ({ tenant, user }, room, signal) => {
    const id = { tenant, room }
    const membership = await readMembership({ ...id, user }, signal)
    if (!membership) return 'not-member'
    if (membership.room.members > MAX_WATCHED_MEMBERS) return 'not-sent'
    if (!(await takeTyping({ ...id, user, now: now(), everyMs: EVERY_MS }, signal))) return 'not-sent'
    const watchers = (await listWatchers(id, signal)).filter((watcher) => watcher.user !== user)
    await postToAll({ id, frame: { t: 'typing', room, user }, watchers }, signal)
    return 'sent'
  }
}
