import { createConnectionRecords } from './connections.ts'
import { createDeregister } from './deregister.ts'
import { createListMemberships } from './list-memberships.ts'
import { createReadEvents } from './read-log.ts'
import { createReadRoomStates } from './read-room-states.ts'
import { createRegister, type RegisterOptions } from './register.ts'

/** Creates all access to the table that live connections need, beside that of commits. */
export function createSocketStores(options: RegisterOptions) {
  return {
    ...createConnectionRecords(options),
    listMemberships: createListMemberships(options),
    register: createRegister(options),
    deregister: createDeregister(options),
    readRoomStates: createReadRoomStates(options),
    readEvents: createReadEvents(options),
  }
}
