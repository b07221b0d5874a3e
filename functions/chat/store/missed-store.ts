import { createConnectionRecords } from './connections.ts'
import { createListListeners, createReadMembers } from './members.ts'
import { createNotifiedRecords, type NotifiedOptions } from './notified.ts'
import { createReadMessage } from './read-messages.ts'
import { createReadRoom } from './read-room.ts'

/** Creates all access to the table that the checks of missed messages need. */
export function createMissedStore(options: NotifiedOptions) {
  return {
    ...createNotifiedRecords(options),
    readRoom: createReadRoom(options),
    readMessage: createReadMessage(options),
    readMembers: createReadMembers(options),
    listListeners: createListListeners(options),
    listConnections: createConnectionRecords(options).list,
  }
}
