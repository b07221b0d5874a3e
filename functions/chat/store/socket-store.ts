import type { Files } from '../../shared/aws/files.ts'
import type { SocketStore } from '../socket-steps.ts'
import { type CommitOptions, createCommit } from './commit.ts'
import { createConnectionRecords } from './connections.ts'
import { createContent } from './content.ts'
import { createDeregister } from './deregister.ts'
import { createMarkRead } from './mark-read.ts'
import { createMemberships, listRooms } from './memberships.ts'
import { createReadEvents } from './read-events.ts'
import { createReadMembership } from './read-membership.ts'
import { createReadRoomStates } from './read-room-states.ts'
import { createRegister } from './register.ts'
import { createListWatchers, createRemoveWatcher, createSetWatched, createTakeTyping } from './watchers.ts'

export interface SocketStoreOptions extends Omit<CommitOptions, 'forgetDeletedRooms'> {
  loadFiles: () => Promise<Files>
}

/** Creates all access to the table that live connections need, and what commits what they send. */
export function createSocketStore(options: SocketStoreOptions): SocketStore {
  const { forgetDeletedRooms } = createMemberships(options)
  return {
    commit: createCommit({ ...options, forgetDeletedRooms }),
    findContent: createContent(options.loadFiles).findContent,
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
