import { randomUUID } from 'node:crypto'
import { newMember } from '../../../functions/chat/domain/member.ts'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { newGroup } from '../../../functions/chat/rooms/new-room.ts'
import { createRoomStore } from '../../../functions/chat/store/room-store.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import type { Table } from '../../../functions/shared/data/table.ts'
import { newTenant } from '../../support/cloud.ts'
import { CAUSE } from '../cause.ts'
import { noFiles } from '../no-files.ts'
import { createDeliveryQueue } from './delivery-queue.ts'
import { fastTimer } from './fast-time.ts'
import { createFaults, type FaultRates, type Faults, faultyTable, seededRandom } from './faults.ts'
import { httpOf } from './http.ts'
import type { Sabotage } from './sabotage.ts'
import { createService, type Service } from './service.ts'
import { createTalker, type Talker } from './talker.ts'
import { createWorker, streamOf } from './workers.ts'

export interface WorldOptions {
  /** A table of its own. */
  table: Table
  seed: number
  rates: FaultRates
  sabotage: Sabotage
}

export type Store = ReturnType<typeof createRoomStore>

/** The chat in this process, over a real table: its functions, its queue, its connections, and users with clients. */
export interface World {
  readonly rooms: readonly RoomId[]
  readonly talkers: readonly Talker[]
  readonly service: Service
  readonly faults: Faults
  readonly random: Random
  /** Access without faults, for the observer and for those who change members. */
  readonly store: Store
  headOf: (id: RoomId) => Promise<number>
  /** Resolves when all events were delivered, or left to the clients. */
  drained: () => Promise<void>
  close: () => void
}

export const OWNER = 'ann'
/** Is removed and added again, while all others stay. */
export const GUEST = 'dan'
export const USERS = [OWNER, 'bob', 'cleo', GUEST]
const ROOMS = 2

const { signal } = new AbortController()

export async function createWorld({ table, seed, rates, sabotage }: WorldOptions): Promise<World> {
  const random = seededRandom(seed)
  const faults = createFaults(rates, random)
  const rate = { perSecond: 10_000, burst: 10_000 }
  const options = {
    ...table,
    now: Date.now,
    random,
    startTimer: fastTimer,
    newId: () => randomUUID(),
    rate,
    loadFiles: noFiles,
  }
  const faulty = { ...options, client: faultyTable(sabotage.client(table.client), faults) }
  const store = createRoomStore(options)
  const tenant = newTenant()
  const rooms = Array.from({ length: ROOMS }, (): RoomId => ({ tenant, room: randomUUID() }))
  for (const id of rooms) await createRoom(store, id)
  const names = rooms.map(({ room }) => room)
  const headOf = async (id: RoomId) => (await store.read({ ...id, user: OWNER }, signal))?.room.head ?? 0
  const readHead = (room: string) => headOf({ tenant, room })
  const service = createService({ tenant, store: faulty, faults, readHead, rooms: names })
  const worker = createWorker({ ...faulty, postFrames: service.postFrames, faults, sabotage })
  const queue = createDeliveryQueue((message) => worker(message, signal), faults, random)
  const streams = rooms.map((id) => streamOf(table, id, { queue, faults }))
  const fetch = httpOf(tenant, faulty)
  const talkers = USERS.map((user) => createTalker({ user, rooms: names, service, fetch, random }))
  return {
    rooms,
    talkers,
    service,
    faults,
    random,
    store,
    headOf,
    async drained() {
      await Promise.all(streams.map(({ stop }) => stop()))
      await queue.drained()
    },
    close() {
      for (const talker of talkers) talker.close()
    },
  }
}

async function createRoom(store: Store, id: RoomId): Promise<void> {
  const spec = { id: id.room, creator: OWNER, now: Date.now(), version: randomUUID() }
  const { room, members, event } = newGroup(spec, { name: 'Tea', history: 'since-join' })
  const all = [...members, ...USERS.slice(1).map((user) => newMember(user, { joined: 1 }))]
  await store.storeRoom({ id, room: { ...room, members: all.length }, members: all, event, cause: CAUSE }, signal)
}
