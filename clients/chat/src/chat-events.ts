import type { PresenceFrame, ReadFrame, RoomEventOf, RoomEventType, TypingFrame } from './frames.ts'
import type { Start } from './rooms.ts'
import type { ConnectionState } from './session.ts'

/** An event of a room's log, with its room. */
export type Located<Type extends RoomEventType> = RoomEventOf<Type> & { room: string }

/**
 * Events for the application. Those of a room's log (`message`, `edit`, `delete`, `reaction`, `member` and `room`) come
 * once each, in the order of `seq`, without a gap since the room's last `start`.
 */
export type ChatEvents = {
  [Type in RoomEventType]: Located<Type>
} & {
  read: Omit<ReadFrame, 't'>
  typing: Omit<TypingFrame, 't'>
  presence: Omit<PresenceFrame, 't'>
  /** A room's events begin at another place than where they were: load anew what came before. */
  start: Start
  /** The user is no longer a member, since the event `seq`. */
  removed: { room: string; seq: number }
  /** `pending(room)` has changed. */
  pending: { room: string }
  state: ConnectionState
}

export const LOG_EVENTS = ['message', 'edit', 'delete', 'reaction', 'member', 'room'] as const satisfies RoomEventType[]
