import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { newMember } from '../../../functions/chat/domain/member.ts'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { changeMembers } from '../../../functions/chat/members/change-member.ts'
import { newGroup } from '../../../functions/chat/rooms/new-room.ts'
import { createRoomStore } from '../../../functions/chat/store/room-store.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import type { Table } from '../../../functions/shared/data/table.ts'
import { newTenant } from '../../support/cloud.ts'
import { CAUSE } from '../cause.ts'
import { comparable } from '../store/fold.ts'
import { history as readHistory } from '../store/talk.ts'
import { checkHistory } from './check-history.ts'
import { createDeliveryQueue } from './delivery-queue.ts'
import { fastTimer } from './fast-time.ts'
import { createFaults, type FaultRates, faultyTable, STORM, seededRandom } from './faults.ts'
import type { RoomHistory } from './history.ts'
import { httpOf } from './http.ts'
import { NONE, type Sabotage } from './sabotage.ts'
import { createService } from './service.ts'
import { createTalker, type Talker } from './talker.ts'
import { createWorker, streamOf } from './workers.ts'

export interface ChaosOptions {
  /** A table of its own. */
  table: Table
  /** Decides what users do and what fails. The order of what runs at the same time isn't decided by it. */
  seed: number
  rates?: FaultRates
  sabotage?: Sabotage
  /** @default 30 */
  actionsPerUser?: number
  /** The time in which clients must have caught up once everything works, in milliseconds. @default 10000 */
  patienceMs?: number
}

export interface ChaosResult {
  readonly problems: readonly string[]
  readonly faults: Partial<Record<keyof FaultRates, number>>
  readonly events: number
}

const OWNER = 'ann'
/** Is removed and added again, while all others stay. */
const GUEST = 'dan'
const USERS = [OWNER, 'bob', 'cleo', GUEST]
const ROOMS = 2
const { signal } = new AbortController()

/** Lets users talk while everything fails that may fail, heals it, and checks what happened. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { table, seed, rates = STORM, sabotage = NONE, actionsPerUser = 30, patienceMs = 10_000 } = options
  const random = seededRandom(seed)
  const faults = createFaults(rates, random)
  const common = { now: Date.now, random, startTimer: fastTimer, newId: () => randomUUID() }
  const rate = { perSecond: 10_000, burst: 10_000 }
  const store = createRoomStore({ ...table, ...common, rate })
  const ids = await createRooms(store)
  const tenant = ids[0]?.tenant ?? ''
  const rooms = ids.map(({ room }) => room)
  const faulty = { ...table, ...common, rate, client: faultyTable(sabotage.client(table.client), faults) }
  const headOf = async (room: string) => (await store.read({ tenant, room, user: OWNER }, signal))?.room.head ?? 0
  const service = createService({ tenant, store: faulty, faults, readHead: headOf, rooms })
  const worker = createWorker({ ...faulty, postFrames: service.postFrames, faults, sabotage })
  const queue = createDeliveryQueue((message) => worker(message, signal), faults, random)
  const streams = ids.map((id) => streamOf(table, id, { queue, faults }))
  const fetch = httpOf(tenant, faulty)
  const talkers = USERS.map((user) => createTalker({ user, rooms, service, fetch, random }))

  async function talk(talker: Talker): Promise<void> {
    for (let action = 0; action < actionsPerUser; action++) {
      if (faults.hits('cut')) service.sockets(talker.user)[0]?.cut()
      // Some wait for the one before, so that others get ahead of them.
      await Promise.race([talker.act(), wait(random() * 300)])
    }
  }

  async function heal(): Promise<void> {
    for (const { user } of talkers) for (const socket of service.sockets(user)) socket.cut()
    const deadline = Date.now() + patienceMs
    while (Date.now() < deadline && (await problems()).length > 0) {
      for (const talker of talkers) for (const room of rooms) reload(talker, room)
      await wait(50)
    }
  }

  /** A history is taken before clients are healed, as far as connections go. */
  const connections = new Map<string, RoomHistory['connections']>()

  async function historyOf({ room }: RoomId): Promise<RoomHistory> {
    const read = readHistory(store)
    const id = { tenant, room }
    const log = await store.history.readEvents({ ...id, from: 1, to: 1_000_000, limit: 1_000_000 }, signal)
    const clients = talkers.map(async (talker) => {
      const page = await read.messages(id, talker.user, { limit: 1000 }).catch(() => ({ items: [] }))
      return { ...talker.history(room), listed: page.items.map(comparable) }
    })
    return {
      log,
      head: await headOf(room),
      commits: talkers.flatMap((talker) => talker.attempts(room)),
      connections: connections.get(room) ?? [],
      clients: await Promise.all(clients),
    }
  }

  const problems = async () => {
    const histories = await Promise.all(ids.map(historyOf))
    return histories.flatMap((history) => checkHistory(history, USERS))
  }

  try {
    const all = Promise.all(talkers.map(talk))
    await Promise.all([all, ...ids.map((id) => changeGuest(store, id, random))])
    faults.end()
    await Promise.all(talkers.map(({ settled }) => settled()))
    await Promise.all(streams.map(({ stop }) => stop()))
    await queue.drained()
    for (const id of ids) connections.set(id.room, service.connectionsOf(id))
    await heal()
    const heads = await Promise.all(rooms.map(headOf))
    return { problems: await problems(), faults: faults.counts(), events: heads.reduce((sum, head) => sum + head, 0) }
  } finally {
    for (const talker of talkers) talker.close()
  }
}

function reload(talker: Talker, room: string): void {
  const view = talker.view(room)
  if (view.status() === 'failed') view.load().catch(() => {})
}

type Store = ReturnType<typeof createRoomStore>

async function createRooms(store: Store): Promise<RoomId[]> {
  const tenant = newTenant()
  const ids = Array.from({ length: ROOMS }, () => ({ tenant, room: randomUUID() }))
  for (const id of ids) {
    const spec = { id: id.room, creator: OWNER, now: Date.now(), version: randomUUID() }
    const { room, members, event } = newGroup(spec, { name: 'Tea', history: 'since-join' })
    const all = [...members, ...USERS.slice(1).map((user) => newMember(user, { joined: 1 }))]
    await store.storeRoom({ id, room: { ...room, members: all.length }, members: all, event, cause: CAUSE }, signal)
  }
  return ids
}

/** Removes and adds the guest a few times. */
async function changeGuest({ commit, read }: Store, id: RoomId, random: Random): Promise<void> {
  const { put, remove } = changeMembers({ commit, read })
  const input = { ...id, user: OWNER, member: GUEST, cause: CAUSE }
  for (let change = 0; change < 2 + Math.floor(random() * 3); change++) {
    await wait(150 + random() * 300)
    if (change % 2 === 0) await remove(input, signal)
    else await put({ ...input, asked: { role: 'member' } }, signal)
  }
}
