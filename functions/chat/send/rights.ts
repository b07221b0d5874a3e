import { type Refusal, refuse, type Situation } from '../domain/commit.ts'
import type { Message } from '../domain/message.ts'
import type { RecordKey } from '../domain/records.ts'
import { DIRECT_ID, floorOf } from '../domain/room.ts'

/** Lists the records that `speechRefusal` needs: only a direct room can have a block. */
export function speechReads({ room, user }: { room: string; user: string }): RecordKey[] {
  return room.startsWith(DIRECT_ID) ? [{ record: 'block', user }] : []
}

/** Refuses what others would get to read from a user who is muted, or blocked by the other user of a direct room. */
export function speechRefusal({ actor, view }: Situation): Refusal | undefined {
  if (actor.muted) return refuse('muted', 'You are muted in this room.')
  if (view.get({ record: 'block', user: actor.user })) {
    return refuse('blocked', 'This user takes no messages from you.')
  }
  return undefined
}

/** Returns a message that the member may see; `undefined` if there is none. The request must read it. */
export function visibleMessage({ room, actor, view }: Situation, seq: number): Message | undefined {
  return seq < floorOf({ room, member: actor }) ? undefined : view.get({ record: 'message', seq })
}

export function noSuchMessage(): Refusal {
  return refuse('not-found', 'There is no such message in this room.')
}

export function isDeleted(): Refusal {
  return refuse('conflict', 'This message was deleted.')
}
