import { inParallel } from '../../shared/queue/lanes.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import type { RoomId } from '../domain/room.ts'
import type { Watcher } from '../domain/watcher.ts'
import type { Post } from '../post-frames.ts'

export interface PostToAllDeps {
  post: Post
  /** Forgets a watcher whose connection is gone. */
  removeWatcher: (id: RoomId, connectionId: string, signal: AbortSignal) => Promise<void>
  logger: Pick<Logger, 'warn'>
}

export interface Posting {
  readonly id: RoomId
  readonly frame: object
  /** Connections that watch the room: one that is gone is forgotten. */
  readonly watchers: readonly Addressee[]
  /** Other connections, which may not be open yet: one that is gone now may watch the room in a moment. */
  readonly others?: readonly Addressee[]
}

type Addressee = Pick<Watcher, 'connectionId'>

/** Sends connections a frame that may be lost without harm: each gets it once, or not at all. Never rejects. */
export type PostToAll = (posting: Posting, signal: AbortSignal) => Promise<void>

/** Connections to which a frame is posted at a time. */
const CONCURRENCY = 20

export function createPostToAll({ post, removeWatcher, logger }: PostToAllDeps): PostToAll {
  return async ({ id, frame, watchers, others = [] }, signal) => {
    const text = JSON.stringify(frame)
    const watching = new Set(watchers.map(({ connectionId }) => connectionId))
    const all = new Set([...others.map(({ connectionId }) => connectionId), ...watching])
    await inParallel([...all], CONCURRENCY, async (connectionId) => {
      try {
        const outcome = await post(connectionId, text, { signal, once: true })
        if (outcome === 'gone' && watching.has(connectionId)) await removeWatcher(id, connectionId, signal)
      } catch (error) {
        logger.warn('frame not sent', { connection_id: connectionId, error })
      }
    })
  }
}
