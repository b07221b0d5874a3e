import { inParallel } from '../../shared/queue/lanes.ts'
import type { ReadRoomStates } from '../domain/room-state.ts'
import { type ListWatchers, MAX_WATCHED_MEMBERS } from '../domain/watcher.ts'
import type { PostToAll } from './post-to-all.ts'

interface User {
  readonly tenant: string
  readonly user: string
}

export interface NotifyWatchersDeps {
  listMemberships: (user: User, signal: AbortSignal) => Promise<readonly string[]>
  readRoomStates: ReadRoomStates
  listWatchers: ListWatchers
  postToAll: PostToAll
}

/** Rooms whose watchers are notified at a time: a user has up to 1,000. */
const CONCURRENCY = 10

/**
 * Creates what notifies those who watch the rooms of a user that the user is online, or offline.
 *
 * @throws the first error of a read, when all rooms were tried.
 */
export function createNotifyWatchers({ listMemberships, readRoomStates, listWatchers, postToAll }: NotifyWatchersDeps) {
  return async ({ online, ...of }: User & { readonly online: boolean }, signal: AbortSignal): Promise<void> => {
    const { tenant, user } = of
    const states = await readRoomStates(of, await listMemberships(of, signal), signal)
    const rooms = [...states].filter(
      ([, { room, member }]) => member && room && room.deletedAt === null && room.members <= MAX_WATCHED_MEMBERS,
    )
    const errors: unknown[] = []
    await inParallel(rooms, CONCURRENCY, async ([room]) => {
      try {
        const watchers = (await listWatchers({ tenant, room }, signal)).filter((watcher) => watcher.user !== user)
        await postToAll({ id: { tenant, room }, frame: { t: 'presence', room, user, online }, watchers }, signal)
      } catch (error) {
        errors.push(error)
      }
    })
    if (errors.length > 0) throw errors[0]
  }
}
