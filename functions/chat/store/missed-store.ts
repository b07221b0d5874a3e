import { createConnectionRecords } from './connections.ts'
import { createListListeners, createReadMembers } from './members.ts'
import { createReadMessage } from './read-messages.ts'
import { createReadRoom } from './read-room.ts'
import { createToldRecords, type ToldOptions } from './told.ts'

/** Creates all access to the table that the checks of missed messages need. */
export function createMissedStore(options: ToldOptions) {
  return {
    ...createToldRecords(options),
    readRoom: createReadRoom(options),
    readMessage: createReadMessage(options),
    readMembers: createReadMembers(options),
    listListeners: createListListeners(options),
    listConnections: createConnectionRecords(options).list,
  }
}
