import type { Clock } from '../../shared/clock.ts'
import type { Commit } from '../domain/commit.ts'
import type { ReadMembership } from '../domain/room.ts'
import { changeRoom, deleteRoom } from './change-room.ts'
import { type CreateRoomDeps, createRoom, type StoreRoom } from './create-room.ts'
import { listRooms, type ReadOwnRows, type ReadRooms } from './list-rooms.ts'
import type { RoomRoutesOptions } from './routes.ts'
import { type CountUnread, readUnread } from './unread.ts'

/** Keeps rooms: `RoomStore` fits. */
export interface RoomUseCasesDeps extends Pick<CreateRoomDeps, 'directRoomId'> {
  storeRoom: StoreRoom
  readRooms: ReadRooms
  readRows: ReadOwnRows
  countUnread: CountUnread
  read: ReadMembership
  commit: Commit
  newId: () => string
  now: Clock
}

/** The use cases of rooms. */
export function roomUseCases(
  deps: RoomUseCasesDeps,
): Pick<RoomRoutesOptions, 'create' | 'list' | 'read' | 'readUnread' | 'change' | 'remove'> {
  const { storeRoom, read, commit, directRoomId, newId, now } = deps
  const unread = readUnread(deps.countUnread)
  return {
    create: createRoom({ store: storeRoom, read, directRoomId, now }),
    list: listRooms({ readRooms: deps.readRooms, readRows: deps.readRows, readUnread: unread }),
    read,
    readUnread: unread,
    change: changeRoom({ commit, newVersion: newId }),
    remove: deleteRoom(commit),
  }
}
