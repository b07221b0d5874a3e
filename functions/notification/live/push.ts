import type { ConnectionState, LiveConnection, PushLive } from '../domain/live.ts'

/** A connection as it was listed. */
export type ListedConnection = LiveConnection & { readonly state: ConnectionState }

/** The live connections of users. */
export interface Connections {
  list: (user: { tenant: string; userId: string }, signal: AbortSignal) => Promise<readonly ListedConnection[]>
  /** Forgets a connection, unless it has opened since it was listed. */
  forget: (connection: ListedConnection, signal: AbortSignal) => Promise<void>
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
      const listed = await connections.list(user, signal)
      if (listed.length === 0) return
      const post = await loadPost()
      await Promise.all(listed.map((connection) => pushTo(connection, post)))
    } catch (error) {
      onFailure(error)
    }

    async function pushTo(connection: ListedConnection, post: Post): Promise<void> {
      for (const frame of frames) {
        const outcome = await post(connection.connectionId, JSON.stringify(frame), { signal }).catch(onFailure)
        if (outcome === 'gone') await connections.forget(connection, signal)
        if (outcome !== 'sent') return
      }
    }
  }
}
