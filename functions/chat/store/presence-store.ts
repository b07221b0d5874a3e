import type { BatchGetOptions } from '../../shared/data/batch-get.ts'
import type { UserId } from '../domain/user.ts'
import { createConnectionRecords } from './connections.ts'
import { listRooms } from './memberships.ts'
import { createPresenceRecords } from './presence.ts'
import { createReadRoomStates } from './read-room-states.ts'
import { createListWatchers, createRemoveWatcher } from './watchers.ts'

/** Creates all access to the table that the checks of presence need. */
export function createPresenceStore(options: BatchGetOptions) {
  return {
    ...createPresenceRecords(options),
    list: createConnectionRecords(options).list,
    listMemberships: (id: UserId, signal: AbortSignal) => listRooms(options, id, signal),
    readRoomStates: createReadRoomStates(options),
    listWatchers: createListWatchers(options),
    removeWatcher: createRemoveWatcher(options),
  }
}
