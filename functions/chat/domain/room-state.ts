import type { Member } from './member.ts'
import type { Records } from './records.ts'
import type { Room } from './room.ts'

/** A room as it concerns a user. */
export interface RoomState {
  readonly room: Room | undefined
  readonly member: Member | undefined
  readonly departure: Records['departure'] | undefined
}

/** Reads what rooms are to a user, consistently. Rejects as `DynamoDB` does. */
export type ReadRoomStates = (
  user: { readonly tenant: string; readonly user: string },
  rooms: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, RoomState>>
