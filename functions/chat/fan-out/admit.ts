import type { Clock } from '../../shared/clock.ts'
import { CONNECTION_RECORD_MS, type LiveConnection, type Register } from '../domain/live-connection.ts'
import type { ReadEvents, ReadRoom } from '../domain/log.ts'
import { createMemberFrames } from '../domain/member-frames.ts'
import type { RoomId } from '../domain/room.ts'
import type { Pace } from '../pace.ts'
import type { PostFrames } from '../post-frames.ts'

export interface Admission {
  readonly id: RoomId
  /** Users who joined, with the number of the event. */
  readonly joins: ReadonlyMap<string, number>
  readonly pace: Pace
}

/**
 * Registers the live connections of users who joined, sends them what happened since, and returns their ids. Connections
 * that are opened meanwhile register themselves.
 *
 * @throws what the reads and `Register` throw.
 */
export type Admit = (admission: Admission, signal: AbortSignal) => Promise<ReadonlySet<string>>

export interface AdmitDeps {
  listConnections: (id: { tenant: string; user: string }, signal: AbortSignal) => Promise<readonly LiveConnection[]>
  register: Register
  readRoom: ReadRoom
  readEvents: ReadEvents
  postFrames: PostFrames
  now: Clock
}

/** Events since a join that are sent at once. With more, the client sees a gap, and resumes. */
const MAX_EVENTS = 500

/**
 * Creates what admits users to a room while they are connected. The log is read after the connections are registered:
 * what is committed later finds them there, and what the workers of their shards may have delivered before is in it.
 */
export function createAdmit(deps: AdmitDeps): Admit {
  const { listConnections, register, readRoom, readEvents, postFrames, now } = deps

  return async ({ id, joins, pace }, signal) => {
    const users = [...joins.keys()]
    const lists = await Promise.all(users.map((user) => listConnections({ tenant: id.tenant, user }, signal)))
    const live = lists.flat().filter(({ connectedAt }) => connectedAt + CONNECTION_RECORD_MS > now())
    const registered = await Promise.all(live.map((connection) => register(connection, [id.room], signal)))
    const recipients = registered.flatMap((rooms) => [...rooms.values()])
    const room = recipients.length > 0 ? await readRoom(id, signal) : undefined
    if (!room) return new Set()
    const from = Math.min(...recipients.map(({ joined }) => joined))
    const events = await readEvents({ ...id, from, to: room.head, limit: MAX_EVENTS }, signal)
    const framesOf = createMemberFrames(room, events, now())
    await Promise.all(
      recipients.map((recipient) => {
        const { user, joined } = recipient
        return postFrames(recipient, framesOf({ user, joined, after: joined - 1 }).frames, { pace, signal })
      }),
    )
    return new Set(recipients.map(({ connectionId }) => connectionId))
  }
}
