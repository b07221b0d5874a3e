import type { Attachment } from './attachment.ts'
import { COMMIT_RECORD_MS } from './commit.ts'
import type { MemberState, RoomEvent } from './event.ts'

/** The member who is shown an event. */
export interface EventViewer {
  readonly user: string
  /** The lowest number of an event that the member may see: see `floorOf`. */
  readonly floor: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The fields that every event has in frames and in the log over HTTP. */
interface EventHead {
  readonly seq: number
  /** RFC 3339 in UTC, with milliseconds. */
  readonly ts: string
  readonly user: string
  /** The client's id of the commit; only for its author, as long as a repeat is recognised by it. */
  readonly cid?: string
}

/** An event as a member sees it, in frames and in the log over HTTP. */
export type EventView = EventHead &
  (
    | {
        readonly type: 'message'
        /** Missing once the message is deleted, like `attachments`. */
        readonly body?: string
        readonly attachments?: readonly Attachment[]
        readonly mentions: readonly string[]
        readonly threadRoot?: number
        readonly erased?: true
      }
    | {
        readonly type: 'edit'
        readonly target: number
        /** Missing if `erased`, and to a member who may not see the message. */
        readonly body?: string
        readonly erased?: true
      }
    | { readonly type: 'delete'; readonly target: number }
    | {
        readonly type: 'reaction'
        readonly target: number
        /** Missing to a member who may not see the message. */
        readonly emoji?: string
        readonly remove: boolean
      }
    | { readonly type: 'member'; readonly member: MemberState; readonly banned?: boolean }
    | { readonly type: 'room'; readonly name: string | null; readonly deleted: boolean }
  )

/**
 * Returns an event as a member sees it. This is the one way in which events leave the system, so that delivery, `resume`
 * and the log can't differ, nor show what was erased or is below the member's floor.
 */
export function eventView(event: RoomEvent, viewer: EventViewer): EventView {
  const { seq, at, user, cid } = event
  const isOwnCommit = cid !== undefined && user === viewer.user && at + COMMIT_RECORD_MS > viewer.now
  return { seq, ts: new Date(at).toISOString(), user, ...(isOwnCommit && { cid }), ...content(event, viewer.floor) }
}

type ContentView = EventView extends infer View ? (View extends EventHead ? Omit<View, keyof EventHead> : never) : never

function content(event: RoomEvent, floor: number): ContentView {
  switch (event.type) {
    case 'message': {
      const { type, body, attachments, mentions, threadRoot } = event
      const thread = threadRoot === null ? {} : { threadRoot }
      return event.erased
        ? { type, mentions, ...thread, erased: true }
        : { type, body, attachments, mentions, ...thread }
    }
    case 'edit': {
      const { type, target, body } = event
      if (event.erased) return { type, target, erased: true }
      return target < floor ? { type, target } : { type, target, body }
    }
    case 'delete':
      return { type: event.type, target: event.target }
    case 'reaction': {
      const { type, target, emoji, remove } = event
      return target < floor ? { type, target, remove } : { type, target, emoji, remove }
    }
    case 'member': {
      const { type, member, banned } = event
      return { type, member, ...(banned !== undefined && { banned }) }
    }
    case 'room':
      return { type: event.type, name: event.name, deleted: event.deleted }
  }
}
