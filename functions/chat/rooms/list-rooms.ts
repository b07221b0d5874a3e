import { inParallel } from '../../shared/queue/lanes.ts'
import type { Member } from '../domain/member.ts'
import type { Room } from '../domain/room.ts'
import type { ReadUnread } from './unread.ts'
import { type RoomView, roomView } from './view.ts'

/** Reads the rooms of a user: at most `MAX_ROOMS`, in any order. */
export type ReadRooms = (id: { tenant: string; user: string }, signal: AbortSignal) => Promise<Room[]>

/** Reads a user's rows in some rooms, in any order. */
export type ReadOwnRows = (
  id: { tenant: string; user: string; rooms: readonly string[] },
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Member>>

/** The last room of a page. */
export interface RoomPosition {
  /** The time of its newest event, in milliseconds since the epoch. */
  readonly headAt: number
  readonly id: string
}

/** Rooms whose unread messages are counted at the same time. */
const CONCURRENCY = 20

export interface ListRoomsInput {
  readonly tenant: string
  readonly user: string
  readonly after: RoomPosition | undefined
  readonly limit: number
}

export interface RoomPage {
  readonly items: RoomView[]
  /** The end of this page; absent on the last one. */
  readonly next?: RoomPosition
}

export interface ListRoomsDeps {
  readRooms: ReadRooms
  readRows: ReadOwnRows
  readUnread: ReadUnread
}

export type ListRooms = (input: ListRoomsInput, signal: AbortSignal) => Promise<RoomPage>

/**
 * Lists the rooms of a user, the most recently active first. A room that becomes active while a client reads page by page
 * moves to the front: a client that starts again until a page has nothing new misses none.
 */
export function listRooms({ readRooms, readRows, readUnread }: ListRoomsDeps): ListRooms {
  return async ({ tenant, user, after, limit }, signal) => {
    const rooms = (await readRooms({ tenant, user }, signal)).sort(byActivity)
    const left = after ? rooms.filter((room) => byActivity(after, room) < 0) : rooms
    const page = left.slice(0, limit)
    const rows = await readRows({ tenant, user, rooms: page.map(({ id }) => id) }, signal)
    const views: RoomView[] = []
    await inParallel([...page.entries()], CONCURRENCY, async ([index, room]) => {
      const member = rows.get(room.id)
      // Without a row, the user was removed after the list was read.
      if (member) views[index] = roomView({ room, member }, await readUnread({ tenant, room, member }, signal))
    })
    const last = left.length > page.length ? page.at(-1) : undefined
    return { items: views.filter(Boolean), ...(last && { next: { headAt: last.headAt, id: last.id } }) }
  }
}

function byActivity(a: RoomPosition, b: RoomPosition): number {
  return b.headAt - a.headAt || (a.id < b.id ? -1 : Number(a.id > b.id))
}
