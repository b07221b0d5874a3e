import type { LiveConnection, PushLive } from '../domain/live.ts'

/** The live connections of users. */
export interface Connections {
  list: (user: { tenant: string; userId: string }, signal: AbortSignal) => Promise<readonly string[]>
  remove: (connection: LiveConnection, signal: AbortSignal) => Promise<void>
}

export type Post = (
  connectionId: string,
  data: string,
  options: { signal: AbortSignal },
) => Promise<'sent' | 'gone' | 'throttled' | 'too-large'>

export interface PushDeps {
  connections: Connections
  /** Loads the client of connections: most pushes find none. */
  loadPost: () => Promise<Post>
  onFailure: (error: unknown) => void
}

/** Creates what sends messages to the live connections of a user, and forgets those that are gone. */
export function createPushLive({ connections, loadPost, onFailure }: PushDeps): PushLive {
  return async (user, frames, signal) => {
    try {
      const ids = await connections.list(user, signal)
      if (ids.length === 0) return
      const post = await loadPost()
      const results = ids.map((connectionId) => pushTo({ ...user, connectionId }, post))
      await Promise.all(results)
    } catch (error) {
      onFailure(error)
    }

    async function pushTo(connection: LiveConnection, post: Post): Promise<void> {
      for (const frame of frames) {
        const outcome = await post(connection.connectionId, JSON.stringify(frame), { signal }).catch(onFailure)
        if (outcome === 'gone') await connections.remove(connection, signal)
        if (outcome !== 'sent') return
      }
    }
  }
}
