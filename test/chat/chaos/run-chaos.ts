import { setTimeout as wait } from 'node:timers/promises'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { changeMembers } from '../../../functions/chat/members/change-member.ts'
import { createCountedTime } from '../../support/counted-time.ts'
import { CAUSE } from '../cause.ts'
import { comparable } from '../store/fold.ts'
import { history as readHistory } from '../store/talk.ts'
import { checkHistory } from './check-history.ts'
import { type FaultRates, STORM } from './faults.ts'
import type { ConnectionHistory, RoomHistory } from './history.ts'
import { NONE } from './sabotage.ts'
import type { Talker } from './talker.ts'
import { createWorld, GUEST, OWNER, USERS, type World, type WorldOptions } from './world.ts'

export interface ChaosOptions
  extends Pick<WorldOptions, 'table' | 'seed'>,
    Partial<Pick<WorldOptions, 'rates' | 'sabotage'>> {
  /** @default 30 */
  actionsPerUser?: number
  /** The time in which clients must have caught up once everything works, in milliseconds. @default 60000 */
  patienceMs?: number
}

export interface ChaosResult {
  readonly problems: readonly string[]
  /** The number of times that each fault was injected. */
  readonly faults: Partial<Record<keyof FaultRates, number>>
  readonly events: number
  /** The number of deliveries that were due, because nothing happened to the connection since. */
  readonly due: number
}

const MAX_EVENTS = 100_000
const { signal } = new AbortController()

/**
 * Lets users talk while everything fails that may fail, heals it, and checks what happened. The seed decides what users
 * do and what fails; what runs at the same time may still go another way in another run.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { actionsPerUser = 30, patienceMs = 60_000 } = options
  const world = await createWorld({ rates: STORM, sabotage: NONE, ...options })
  const { rooms, talkers, service, faults, headOf } = world
  try {
    await Promise.all([
      ...talkers.map((talker) => talk(world, talker, actionsPerUser)),
      ...rooms.map((id) => changeGuest(world, id)),
    ])
    faults.end()
    await Promise.all(talkers.map(({ settled }) => settled()))
    await world.drained()
    // Taken now: workers must have sent everything before clients come back and ask.
    const connections = new Map(rooms.map((id) => [id.room, service.connectionsOf(id)]))
    const problems = () => problemsOf(world, connections)
    await heal(world, problems, patienceMs)
    const heads = await Promise.all(rooms.map(headOf))
    const due = rooms.flatMap(({ room }, index) =>
      (connections.get(room) ?? []).map(({ isIntact, headAtOpen }) =>
        isIntact ? Math.max(0, (heads[index] ?? 0) - headAtOpen) : 0,
      ),
    )
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
    return { problems: await problems(), faults: faults.counts(), events: sum(heads), due: sum(due) }
  } finally {
    world.close()
  }
}

async function talk({ service, faults, random }: World, talker: Talker, actions: number): Promise<void> {
  for (let action = 0; action < actions; action++) {
    if (faults.hits('cut')) service.sockets(talker.user)[0]?.cut()
    // Not all wait for the one before, so that commits of one user meet, too.
    await Promise.race([talker.act(), wait(random() * 300)])
  }
}

/** Removes and adds the guest a few times. */
async function changeGuest({ store, random }: World, id: RoomId): Promise<void> {
  const { put, remove } = changeMembers(store)
  const input = { ...id, user: OWNER, member: GUEST, cause: CAUSE }
  const changes = 2 + Math.floor(random() * 3)
  for (let change = 0; change < changes; change++) {
    await wait(150 + random() * 300)
    if (change % 2 === 0) await remove(input, signal)
    else await put({ ...input, asked: { role: 'member' } }, signal)
  }
}

/** Cuts all connections, and gives clients time to come back and to catch up. */
async function heal(world: World, problems: () => Promise<string[]>, patienceMs: number): Promise<void> {
  const { talkers, rooms, service } = world
  for (const { user } of talkers) for (const socket of service.sockets(user)) socket.cut()
  const countedMs = createCountedTime()
  while (countedMs() < patienceMs && (await problems()).length > 0) {
    const views = talkers.flatMap(({ view }) => rooms.map(({ room }) => view(room)))
    for (const view of views) if (view.status() === 'failed') view.load().catch(() => {})
    await wait(50)
  }
}

type Connections = ReadonlyMap<string, readonly ConnectionHistory[]>

async function problemsOf(world: World, connections: Connections): Promise<string[]> {
  const histories = await Promise.all(world.rooms.map((id) => historyOf(world, id, connections)))
  return histories.flatMap((history) => checkHistory(history, USERS))
}

async function historyOf(
  { store, talkers, headOf }: World,
  id: RoomId,
  connections: Connections,
): Promise<RoomHistory> {
  const read = readHistory(store)
  const log = await store.history.readEvents({ ...id, from: 1, to: MAX_EVENTS, limit: MAX_EVENTS }, signal)
  const clients = talkers.map(async ({ user, history }) => {
    const isMember = (await store.read({ ...id, user }, signal)) !== undefined
    const { items } = isMember ? await read.messages(id, user, { limit: MAX_EVENTS }) : { items: [] }
    return { ...history(id.room), listed: items.map(comparable) }
  })
  return {
    log,
    head: await headOf(id),
    commits: talkers.flatMap(({ attempts }) => attempts(id.room)),
    connections: connections.get(id.room) ?? [],
    clients: await Promise.all(clients),
  }
}
