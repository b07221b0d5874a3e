import type { SocketStore } from '../socket-steps.ts'
import { createConnectionRecords } from './connections.ts'
import { createDeregister } from './deregister.ts'
import { createMarkRead } from './mark-read.ts'
import { listRooms } from './memberships.ts'
import { createReadEvents } from './read-events.ts'
import { createReadMembership } from './read-membership.ts'
import { createReadRoomStates } from './read-room-states.ts'
import { createRegister, type RegisterOptions } from './register.ts'
import { createListWatchers, createRemoveWatcher, createSetWatched, createTakeTyping } from './watchers.ts'

/** Creates all access to the table that live connections need, beside that of commits. */
export function createSocketStore(options: RegisterOptions): SocketStore {
  return {
    ...createConnectionRecords(options),
    listMemberships: (id, signal) => listRooms(options, id, signal),
    register: createRegister(options),
    deregister: createDeregister(options),
    readRoomStates: createReadRoomStates(options),
    readEvents: createReadEvents(options),
    readMembership: createReadMembership(options),
    markRead: createMarkRead(options),
    listWatchers: createListWatchers(options),
    removeWatcher: createRemoveWatcher(options),
    setWatched: createSetWatched(options),
    takeTyping: createTakeTyping(options),
  }
}
