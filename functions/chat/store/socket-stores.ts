import { createConnectionRecords } from './connections.ts'
import { createDeregister } from './deregister.ts'
import type { UserId } from './keys.ts'
import { listRooms } from './memberships.ts'
import { createReadEvents } from './read-events.ts'
import { createReadRoomStates } from './read-room-states.ts'
import { createRegister, type RegisterOptions } from './register.ts'

/** Creates all access to the table that live connections need, beside that of commits. */
export function createSocketStores(options: RegisterOptions) {
  return {
    ...createConnectionRecords(options),
    listMemberships: (id: UserId, signal: AbortSignal) => listRooms(options, id, signal),
    register: createRegister(options),
    deregister: createDeregister(options),
    readRoomStates: createReadRoomStates(options),
    readEvents: createReadEvents(options),
  }
}
