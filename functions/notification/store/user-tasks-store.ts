import type { RandomBytes } from '../../shared/clock.ts'
import type { ListPosition } from '../explain/list-notifications.ts'
import type { EraseTaskDeps } from '../people/erase.ts'
import type { RetimeDeps } from '../people/retime.ts'
import { createHashAddress, createTenantMac } from './address-hash.ts'
import { createEraseContent } from './erase-content.ts'
import { createReadHeld } from './held.ts'
import { createReadListed } from './list-notifications.ts'
import { createReadPerson } from './people.ts'
import { createRevise, type ReviseOptions } from './revise.ts'

export interface UserTasksStoreOptions extends ReviseOptions {
  randomBytes: RandomBytes
}

const READ_AT_ONCE = 100

/** Creates all that tasks of users read and write. */
export function createUserTasksStore(
  options: UserTasksStoreOptions,
): Pick<RetimeDeps, 'readHeld' | 'readPerson' | 'revise'> &
  Pick<EraseTaskDeps<ListPosition>, 'readNotifications' | 'eraseContent'> {
  const readListed = createReadListed(options)
  return {
    readHeld: createReadHeld(options),
    readPerson: createReadPerson(options),
    revise: createRevise(options),
    readNotifications: (query, signal) => readListed({ ...query, limit: READ_AT_ONCE }, signal),
    eraseContent: createEraseContent({ ...options, hashAddress: createHashAddress(createTenantMac(options)) }),
  }
}
