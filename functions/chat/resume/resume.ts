import type { Clock } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import { removedFrame } from '../domain/frames.ts'
import type { LiveConnection, Recipient } from '../domain/live-connection.ts'
import type { ReadEvents } from '../domain/log.ts'
import { createMemberFrames } from '../domain/member-frames.ts'
import { floorOf } from '../domain/room.ts'
import type { ReadRoomStates, RoomState } from '../domain/room-state.ts'
import type { Pace } from '../pace.ts'
import type { PostFrames } from '../post-frames.ts'

export interface ResumeDeps {
  readRoomStates: ReadRoomStates
  readEvents: ReadEvents
  postFrames: PostFrames
  /** Creates the pace of one `resume`. */
  createPace: () => Pace
  now: Clock
}

/**
 * Sends a connection what it missed: by room, the number of the last event that the client has. `unread`: the connection
 * is closed or takes no frames, and rooms without a last frame may have a gap.
 */
export type Resume = (
  connection: LiveConnection,
  rooms: Readonly<Record<string, number>>,
  signal: AbortSignal,
) => Promise<'sent' | 'unread'>

/** Rooms of a frame. */
export const MAX_RESUMED_ROOMS = 50

/** Events beyond which a client pages over HTTP. */
const MAX_MISSED = 1000

/** Rooms whose frames are sent side by side. */
const CONCURRENCY = 4

/**
 * Creates what answers `resume`: for each room its events and then a frame that says so, or the reason why there are
 * none. All frames were sent when it resolves with `sent`.
 *
 * @throws AppError (retryable) when the service failed to send a frame, or can't see an event yet: the rooms without a
 * last frame may have a gap. Otherwise what the reads throw.
 */
export function createResume(deps: ResumeDeps): Resume {
  const { readRoomStates, postFrames, createPace } = deps
  return async (connection, rooms, signal) => {
    const pace = createPace()
    const states = await readRoomStates(connection, Object.keys(rooms), signal)
    const errors: unknown[] = []
    let isRead = true
    await inParallel(Object.entries(rooms), CONCURRENCY, async ([room, after]) => {
      // Nor would the other rooms be read, and their retries could outlast the function.
      if (!isRead) return
      const { connectionId, user, connectedAt } = connection
      const recipient: Recipient = { connectionId, user, connectedAt, joined: 0 }
      const state = states.get(room) ?? { room: undefined, member: undefined, departure: undefined }
      try {
        for await (const frames of framesOf(deps, { connection, room, after, state }, signal)) {
          const outcome = await postFrames(recipient, frames, { pace, signal })
          if (outcome === 'failed') {
            throw new AppError('dependency-failed', 'A frame of a resumed room was not sent', { retryable: true })
          }
          if (outcome !== 'sent') isRead = false
          if (!isRead) return
        }
      } catch (error) {
        errors.push(error)
      }
    })
    if (errors.length > 0) throw errors[0]
    return isRead ? 'sent' : 'unread'
  }
}

interface ResumedRoom {
  readonly connection: LiveConnection
  readonly room: string
  readonly after: number
  readonly state: RoomState
}

/** Yields the frames of one room, page by page. */
async function* framesOf(
  { readEvents, now }: Pick<ResumeDeps, 'readEvents' | 'now'>,
  { connection: { tenant, user }, room: id, after, state }: ResumedRoom,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const { room, member, departure } = state
  if (!room || room.deletedAt !== null || !member) {
    yield [removedFrame(id, departure?.seq ?? (room && member ? room.head : 0))]
    return
  }
  const { head } = room
  const floor = floorOf({ room, member })
  if (after < floor - 1 || after > head || head - after > MAX_MISSED) {
    yield [limitedFrame(id, head, floor)]
    return
  }
  let sent = after
  while (sent < head) {
    const events = await readEvents({ tenant, room: id, from: sent + 1, to: head, limit: MAX_MISSED }, signal)
    const last = events.at(-1)
    if (!last) {
      // Retention took it, or a transaction is about to show it: only the room's floor, read anew, tells which.
      throw new AppError('conflict', `The event ${sent + 1} can't be seen`, { retryable: true })
    }
    const reader = { user, joined: member.joined, after: sent }
    const { frames, isRemoved } = createMemberFrames(room, events, now())(reader)
    yield frames
    if (isRemoved) return
    sent = last.seq
  }
  yield [JSON.stringify({ t: 'resumed', room: id, head })]
}

/** Writes the frame by which a client gets a room over HTTP, from its floor on. */
function limitedFrame(room: string, head: number, floor: number): string {
  return JSON.stringify({ t: 'resumed', room, head, floor, limited: true })
}
