/** A live WebSocket of a user, as the table knows it. */
export interface LiveConnection {
  readonly tenant: string
  readonly userId: string
  readonly connectionId: string
}

/**
 * The state of a connection: it is opening until its first ping. A message finds an opening connection gone; an open one
 * that it finds gone has ended.
 */
export type ConnectionState = 'opening' | 'open'

/** A message that the server sends by itself, with its kind in `t`. */
export type LiveFrame = { readonly t: string } & Readonly<Record<string, unknown>>

/**
 * Sends messages to all live connections of a user. It never rejects: who misses a message sees what it said in the next
 * list.
 */
export type PushLive = (
  to: { readonly tenant: string; readonly userId: string },
  frames: readonly LiveFrame[],
  signal: AbortSignal,
) => Promise<void>
