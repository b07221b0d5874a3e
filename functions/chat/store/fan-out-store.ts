import { createConnectionRecords } from './connections.ts'
import { createForget } from './forget.ts'
import { createReadEvents } from './read-events.ts'
import { createReadRoom } from './read-room.ts'
import { createRecipients } from './recipients.ts'
import { createRegister, type RegisterOptions } from './register.ts'

/** Creates all access to the table that the workers of shards need. */
export function createFanOutStore(options: RegisterOptions) {
  return {
    ...createRecipients(options),
    readRoom: createReadRoom(options),
    readEvents: createReadEvents(options),
    listConnections: createConnectionRecords(options).list,
    register: createRegister(options),
    forget: createForget(options),
  }
}
