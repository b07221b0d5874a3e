import type { Attachment, Role, RoomEvent } from './frames.ts'

/** A room as `GET /v1/rooms` lists it. */
export interface RoomSummary {
  id: string
  kind: 'group' | 'direct'
  name: string | null
  /** The other user of a direct room. */
  with: string | null
  /** RFC 3339. */
  createdAt: string
  role: Role
  /** The newest event's `seq`. */
  head: number
  /** The lowest `seq` that the user may see. */
  floor: number
  /** The newest event that the user has read. */
  read: number
  /** Messages of others after the read marker; 100 means more than 99. */
  unread: number
  mentions: number
  lastMessage: { seq: number; ts: string; user: string; body: string | null } | null
}

/** A message with its edits, its deletion and its reactions applied. */
export interface Message {
  seq: number
  /** RFC 3339. */
  ts: string
  user: string
  /** `null` once it is deleted. */
  body: string | null
  /** RFC 3339. */
  editedAt?: string | null
  deleted?: boolean
  threadRoot?: number | null
  attachments: Attachment[]
  mentions: string[]
  /** Numbers of users who reacted, by emoji. */
  reactions: Record<string, number>
  /** The caller's own reactions. */
  mine?: string[]
}

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

export type RoomPage = Page<RoomSummary>
export type MessagePage = Page<Message>
export type EventPage = Page<RoomEvent>
