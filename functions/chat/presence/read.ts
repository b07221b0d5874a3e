import type { LiveConnection } from '../domain/live-connection.ts'
import type { MarkRead, MarkReadOutcome } from '../domain/read-marker.ts'
import type { ReadMembership } from '../domain/room.ts'
import { type ListWatchers, MAX_WATCHED_MEMBERS, type Watcher } from '../domain/watcher.ts'
import type { PostToAll } from './post-to-all.ts'

export interface ReadDeps {
  markRead: MarkRead
  readMembership: ReadMembership
  listWatchers: ListWatchers
  listConnections: (
    user: Pick<LiveConnection, 'tenant' | 'user'>,
    signal: AbortSignal,
  ) => Promise<readonly LiveConnection[]>
  postToAll: PostToAll
}

/** Moves the read marker of a user, and notifies the user's other connections and those that watch the room. */
export type Read = (
  connection: LiveConnection,
  mark: { readonly room: string; readonly seq: number },
  signal: AbortSignal,
) => Promise<MarkReadOutcome>

export function createRead({ markRead, readMembership, listWatchers, listConnections, postToAll }: ReadDeps): Read {
  return async (connection, { room, seq }, signal) => {
    const { tenant, user } = connection
    const id = { tenant, room }
    const outcome = await markRead({ ...id, user, seq }, signal)
    if (outcome.outcome !== 'read' || !outcome.moved) return outcome
    const membership = await readMembership({ ...id, user }, signal)
    const isWatched = membership && membership.room.members <= MAX_WATCHED_MEMBERS
    const [own, watchers] = await Promise.all([
      listConnections(connection, signal),
      isWatched ? listWatchers(id, signal) : ([] as readonly Watcher[]),
    ])
    await postToAll({ id, frame: { t: 'read', room, user, seq: outcome.seq }, watchers, others: own }, signal)
    return outcome
  }
}
