import type { RoomId } from './room.ts'

export interface ReadMark extends RoomId {
  readonly user: string
  /** The number of the newest event that the user has read. */
  readonly seq: number
}

export type MarkReadOutcome =
  /** `seq` is where the marker is now; `moved` if this put it there. */
  { readonly outcome: 'read'; readonly seq: number; readonly moved: boolean } | { readonly outcome: 'not-member' }

/**
 * Moves a member's read marker forward, never back, and not beyond the newest event. It takes no number of the room's
 * sequence.
 */
export type MarkRead = (mark: ReadMark, signal: AbortSignal) => Promise<MarkReadOutcome>
