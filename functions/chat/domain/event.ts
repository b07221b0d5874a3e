import type { Attachment } from './attachment.ts'
import type { Role } from './member.ts'
import type { RoomKind } from './room.ts'

/** The state of a member after an event. A role of `null` means that the user left or was removed. */
export interface MemberState {
  readonly user: string
  readonly role: Role | null
  readonly muted: boolean
}

/** The content of a room's event, beside its number, its time, and the user who caused it. */
export type EventContent =
  | {
      readonly type: 'message'
      readonly body: string
      readonly threadRoot: number | null
      readonly attachments: readonly Attachment[]
      readonly mentions: readonly string[]
    }
  | { readonly type: 'edit'; readonly target: number; readonly body: string }
  | { readonly type: 'delete'; readonly target: number }
  | { readonly type: 'reaction'; readonly target: number; readonly emoji: string; readonly remove: boolean }
  | { readonly type: 'member'; readonly member: MemberState; readonly banned?: boolean }
  | { readonly type: 'room'; readonly kind: RoomKind; readonly name: string | null; readonly deleted: boolean }

/**
 * An event of a room's log. A message that is deleted loses its body and attachments, here too, and so do the events
 * that edited it: `erased` says so.
 */
export type RoomEvent = EventContent & {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly user: string
  /** The client's id of the commit, which only its author sees. */
  readonly cid?: string
  readonly erased?: boolean
  /** The number of workers that deliver it. */
  readonly shards: number
  /** Users who joined by it, whose live connections get the room's events from here on. */
  readonly joined?: readonly string[]
}
