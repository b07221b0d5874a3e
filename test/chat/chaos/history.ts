import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import type { FoldedMessage } from '../store/fold.ts'

/** A commit that a client asked for, with what it knows of the outcome. */
export interface CommitAttempt {
  readonly user: string
  readonly cid: string
  readonly outcome:
    | { readonly verdict: 'acked'; readonly seq: number; readonly dup: boolean }
    | { readonly verdict: 'refused'; readonly code: string }
    /** No answer came: it was committed, or will never be. */
    | { readonly verdict: 'unknown' }
}

/** A connection as the server knew it. */
export interface ConnectionHistory {
  readonly connectionId: string
  readonly user: string
  /** The room's head at a time when the connection had been registered. */
  readonly headAtOpen: number
  /** It is still open, and every frame that was posted to it has arrived. */
  readonly isIntact: boolean
  /** The numbers of the events that the workers posted to it, in order. */
  readonly delivered: readonly number[]
  /** The numbers of the events that `resume` posted to it, in order. */
  readonly resumed: readonly number[]
}

/** The events that one client's application was told, and where its log began anew. */
export interface ClientHistory {
  readonly user: string
  readonly told: readonly (
    | { readonly start: number }
    | { readonly seq: number; readonly type: string; readonly by: string; readonly cid: string | undefined }
  )[]
  /** It takes its user for no member. */
  readonly hasLeft: boolean
  /** The messages that it shows in the end. */
  readonly shown: readonly FoldedMessage[]
  /** The messages that the service lists for its user in the end. */
  readonly listed: readonly FoldedMessage[]
}

/** All that happened in a room, once it is quiet and every client had time to catch up. */
export interface RoomHistory {
  /** The stored log. */
  readonly log: readonly RoomEvent[]
  readonly head: number
  readonly commits: readonly CommitAttempt[]
  readonly connections: readonly ConnectionHistory[]
  readonly clients: readonly ClientHistory[]
}
