import type { Table } from '../../shared/data/table.ts'
import type { ExpiringLog } from '../upkeep/expire-messages.ts'
import type { KeepUpDeps } from '../upkeep/keep-up.ts'
import type { SweepDeps } from '../upkeep/sweep.ts'
import { createDueRooms } from './due-rooms.ts'
import { createExpiringLog } from './expiring-log.ts'
import { createPurgeSome } from './purge.ts'
import { createReadRoom } from './read-room.ts'

export type UpkeepStore = Pick<KeepUpDeps, 'readRoom' | 'purgeSome' | 'reschedule'> &
  Pick<SweepDeps, 'listDue'> &
  ExpiringLog

/** Creates all that the upkeep of rooms reads and writes. */
export function createUpkeepStore(table: Table): UpkeepStore {
  return {
    readRoom: createReadRoom(table),
    purgeSome: createPurgeSome(table),
    ...createDueRooms(table),
    ...createExpiringLog(table),
  }
}
