import type { AttachmentRecord } from './attachment.ts'
import type { RoomEvent } from './event.ts'
import type { Member } from './member.ts'
import type { Message } from './message.ts'
import type { LastNotified } from './missed.ts'
import type { Room } from './room.ts'
import type { Upkeep } from './upkeep.ts'

/** The outcome of an earlier commit under a client's id, by which a repeat is recognised. */
export interface CommitRecord {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Tells apart commits that ask for different things. */
  readonly fingerprint: string
  /** The end of the record, in milliseconds since the epoch, whenever the table deletes it. */
  readonly expiresAt: number
}

/** The sign that a room may name a user. */
export interface Trace {
  /** Different in each write, so that a search of the room recognises that the user was named again after it began. */
  readonly id: string
}

/** The records of a room that commits read and write, by name. */
export interface Records {
  room: Room
  member: Member
  message: Message
  /** An event of the log. */
  event: RoomEvent
  commit: CommitRecord
  /** A user who may not be added. */
  ban: { readonly by: string; readonly at: number }
  /** A user whose direct messages the other user of the pair refuses. */
  block: { readonly at: number }
  /** The number of the event by which a user left. */
  departure: { readonly seq: number }
  /** A user's reaction to a message with one emoji, by its event. */
  reaction: { readonly seq: number; readonly at: number }
  /** A reply, by the message that began its thread. */
  reply: Record<never, never>
  /** A message that mentions a user, or all. */
  mention: { readonly by: string }
  /** A file that was uploaded for a message, or is that of one. */
  attachment: AttachmentRecord
  /** A member who hears of every message of the room without a live connection. */
  listener: Record<never, never>
  /** The latest missed message of which a member was notified. */
  notified: LastNotified
  /** The room in the list of those that need work later. */
  upkeep: Upkeep
  /** A room in the list of a user. */
  membership: { readonly joined: number }
  /** A room that names a user who may be no member of it: the pseudonymising of the user looks there. */
  trace: Trace
}

type UserRecord = 'member' | 'ban' | 'block' | 'departure' | 'listener' | 'notified' | 'membership' | 'trace'

/** The address of a record within its room. */
export type RecordKey =
  | { readonly record: 'room' }
  | { readonly record: 'upkeep' }
  | {
      readonly record: UserRecord
      readonly user: string
    }
  | { readonly record: 'message' | 'event'; readonly seq: number }
  | { readonly record: 'commit'; readonly user: string; readonly cid: string }
  | { readonly record: 'reaction'; readonly user: string; readonly seq: number; readonly emoji: string }
  | { readonly record: 'reply'; readonly root: number; readonly seq: number }
  | { readonly record: 'mention'; readonly user: string; readonly seq: number }
  | { readonly record: 'attachment'; readonly id: string }

export type RecordName = RecordKey['record']

/** The records that a decision is based on, as they were read. */
export interface View {
  /** Returns a record that was asked for, if it exists. */
  get<Name extends RecordName>(key: RecordKey & { record: Name }): Records[Name] | undefined
}

/** A change of one record. */
export type Write = {
  [Name in RecordName]:
    | { readonly key: RecordKey & { record: Name }; readonly put: Records[Name]; readonly ttlAt?: number }
    | { readonly key: RecordKey & { record: Name }; readonly set: Partial<Records[Name]> }
    | { readonly key: RecordKey & { record: Name }; readonly remove: true }
}[RecordName]
