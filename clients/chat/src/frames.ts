export type Role = 'owner' | 'admin' | 'member'

/** A file of a message. `GET /v1/attachments/{id}` redirects to its content. */
export interface Attachment {
  id: string
  /** The name of the file, for a person. */
  name: string
  /** The content type. */
  type: string
  /** In bytes. */
  size: number
}

interface EventBase {
  /** The event's number in its room: 1, 2, 3, ... without a gap. */
  seq: number
  /** RFC 3339. */
  ts: string
  /** The user who caused it. */
  user: string
  /** The id under which this user's own client committed it; nobody else gets it. */
  cid?: string
  /** The message was deleted since: its text and attachments are gone from this event, too. */
  erased?: boolean
}

/** An event of a room's log. */
export type RoomEvent = EventBase &
  (
    | {
        type: 'message'
        /** Missing once the message is deleted, as `attachments` are. */
        body?: string
        /** The message that this one replies to. */
        threadRoot?: number | null
        attachments?: Attachment[]
        /** Users, or `all`. */
        mentions?: string[]
      }
    /** Without `body` once the message is deleted, and when it lies below what the user may see. */
    | { type: 'edit'; target: number; body?: string }
    | { type: 'delete'; target: number }
    /** Without `emoji` when the message lies below what the user may see. */
    | { type: 'reaction'; target: number; emoji?: string; remove?: boolean }
    /** The state of a member after the event; `role` is `null` once the user has left or was removed. */
    | { type: 'member'; member: { user: string; role: Role | null; muted: boolean }; banned?: boolean }
    | { type: 'room'; name: string | null; deleted?: boolean }
  )

export type RoomEventType = RoomEvent['type']
export type RoomEventOf<Type extends RoomEventType> = Extract<RoomEvent, { type: Type }>

/** Codes of refusals. A newer service may have more. */
export type RefusalCode =
  | 'NOT_MEMBER'
  | 'MUTED'
  | 'BLOCKED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'TOO_LARGE'
  | 'INVALID'
  | 'CONFLICT'
  | 'CONFLICT_RETRY'
  | 'UNAVAILABLE'

/** The answer to a frame. */
export type Ack =
  | ({ t: 'ack'; id: string; ok: true } & Record<string, unknown>)
  | { t: 'ack'; id: string; ok: false; code: RefusalCode; message: string; retryAfterMs?: number }

export interface EventsFrame {
  t: 'events'
  room: string
  events: RoomEvent[]
}

/** The end of what `resume` asked for. */
export interface ResumedFrame {
  t: 'resumed'
  room: string
  /** The room's newest `seq`. */
  head: number
  /** The lowest `seq` that the user may see. */
  floor?: number
  /** The events aren't in frames: they are too many, or some can't be seen. HTTP has them. */
  limited?: boolean
}

/** The user is no longer a member; `seq` is the event that ended the membership. */
export interface RemovedFrame {
  t: 'removed'
  room: string
  seq?: number
}

export interface ReadFrame {
  t: 'read'
  room: string
  user: string
  /** The newest event that the user has read. */
  seq: number
}

/** Holds until the user's next event, and 6 seconds at most. */
export interface TypingFrame {
  t: 'typing'
  room: string
  user: string
}

export interface PresenceFrame {
  t: 'presence'
  room: string
  user: string
  online: boolean
}

/** The server asks for another connection. */
export interface ReconnectFrame {
  t: 'reconnect'
  afterMs: number
}

export type ServerFrame =
  | Ack
  | EventsFrame
  | ResumedFrame
  | RemovedFrame
  | ReadFrame
  | TypingFrame
  | PresenceFrame
  | ReconnectFrame

/** Fields of the actions, beside `v`, `action` and `id`. */
export interface ClientActions {
  send: { room: string; cid: string; body: string; threadRoot?: number; attachments?: string[]; mentions?: string[] }
  edit: { room: string; cid: string; target: number; body: string }
  delete: { room: string; cid: string; target: number }
  react: { room: string; cid: string; target: number; emoji: string; remove?: boolean }
  read: { room: string; seq: number }
  typing: { room: string }
  watch: { rooms: string[] }
  ping: Record<never, never>
  resume: { rooms: Record<string, number> }
}

export type ActionName = keyof ClientActions

/** Actions that get a `seq`. */
export type CommitAction = 'send' | 'edit' | 'delete' | 'react'
