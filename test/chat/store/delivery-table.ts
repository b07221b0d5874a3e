import { randomUUID } from 'node:crypto'
import { type ConnectDeps, createConnect } from '../../../functions/chat/connect/connect.ts'
import { createDisconnect } from '../../../functions/chat/connect/disconnect.ts'
import { refuse } from '../../../functions/chat/domain/commit.ts'
import type { LiveConnection } from '../../../functions/chat/domain/live-connection.ts'
import { newMember } from '../../../functions/chat/domain/member.ts'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { createAdmit } from '../../../functions/chat/fan-out/admit.ts'
import { createFanOut, type FanOutDeps } from '../../../functions/chat/fan-out/fan-out.ts'
import { createPostFrames, type Post } from '../../../functions/chat/post-frames.ts'
import { createResume } from '../../../functions/chat/resume/resume.ts'
import { createFanOutStore } from '../../../functions/chat/store/fan-out-store.ts'
import { createSocketStore } from '../../../functions/chat/store/socket-store.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { CAUSE } from '../cause.ts'
import { noFiles } from '../no-files.ts'
import { roomsTable } from './rooms-table.ts'

const { signal } = new AbortController()

/** A table with rooms, and connections that keep what they are sent; the rest is real. */
export async function deliveryTable() {
  const rooms = await roomsTable()
  const options = {
    ...rooms.table,
    now: Date.now,
    random: Math.random,
    startTimer,
    newId: () => randomUUID(),
    rate: { perSecond: 1000, burst: 1000 },
    loadFiles: noFiles,
  }
  const [workers, sockets] = [createFanOutStore(options), createSocketStore(options)]
  const received = new Map<string, { t: string; seq?: number; events?: { seq: number }[] }[]>()
  const gone = new Set<string>()
  const hooks: { beforePost?: () => Promise<unknown> } = {}
  const { logger } = recordedTelemetry().telemetry

  const post: Post = async (connectionId, frame) => {
    await hooks.beforePost?.()
    if (gone.has(connectionId)) return 'gone'
    received.set(connectionId, [...(received.get(connectionId) ?? []), JSON.parse(frame)])
    return 'sent'
  }
  const now = Date.now
  const postFrames = createPostFrames({ post, now, random: Math.random, startTimer, logger })
  const createPace = () => async () => {}
  const parts = { ...workers, ...options, postFrames, perSecond: 100_000 }
  const admit = createAdmit(parts)
  const announce = async () => {}
  const connecting: ConnectDeps = { ...sockets, announce, now, close: async (id) => gone.add(id), logger }
  const disconnect = createDisconnect({ ...sockets, announce })
  const resume = createResume({ ...sockets, postFrames, createPace, now })

  async function changeMember(id: RoomId, user: string, role: 'member' | null): Promise<number> {
    const result = await rooms.commit(
      {
        ...id,
        user: 'ann',
        reads: [{ record: 'member', user }],
        cause: CAUSE,
        decide({ room, seq, view }) {
          const isMember = view.get({ record: 'member', user }) !== undefined
          if (isMember === (role !== null)) return refuse('conflict', 'There is nothing to change.')
          const content = { type: 'member', member: { user, role, muted: false } } as const
          const [memberKey, membershipKey] = [
            { record: 'member', user },
            { record: 'membership', user },
          ] as const
          const members = room.members + (role === null ? -1 : 1)
          return role === null
            ? {
                outcome: 'change',
                content,
                room: { members },
                writes: [
                  { key: memberKey, remove: true },
                  { key: membershipKey, remove: true },
                ],
                left: [user],
              }
            : {
                outcome: 'change',
                content,
                room: { members },
                writes: [
                  { key: memberKey, put: newMember(user, { joined: seq, role }) },
                  { key: membershipKey, put: { joined: seq } },
                ],
                joined: [user],
              }
        },
      },
      signal,
    )
    if (result.outcome !== 'committed') throw new Error(`The membership of ${user} was ${result.outcome}`)
    return result.seq
  }

  return {
    ...rooms,
    workers,
    sockets,
    options,
    hooks,
    gone,
    async connect(
      tenant: string,
      user: string,
      { age = 60_000, ...overrides }: Partial<ConnectDeps> & { age?: number } = {},
    ): Promise<LiveConnection> {
      const connection = { tenant, user, connectionId: randomUUID(), connectedAt: Date.now() - age }
      await createConnect({ ...connecting, ...overrides })(connection, signal)
      return connection
    },
    disconnect: (connection: LiveConnection) => disconnect(connection, signal),
    resume: (connection: LiveConnection, positions: Record<string, number>) => resume(connection, positions, signal),
    add: (id: RoomId, user: string) => changeMember(id, user, 'member'),
    remove: (id: RoomId, user: string) => changeMember(id, user, null),
    /** Runs the worker of a room's only shard for a message about all events so far. */
    async work(id: RoomId, overrides: Partial<FanOutDeps> = {}) {
      const { head = 0 } = (await workers.readRoom(id, signal)) ?? {}
      const fanOut = createFanOut({ ...parts, admit, ...overrides })
      return fanOut({ id, shard: 0, shards: 1, from: 1, upTo: head, cause: CAUSE }, signal)
    },
    recipientIds: async (id: RoomId) =>
      (await workers.list({ id, shard: 0 }, signal)).map(({ connectionId }) => connectionId),
    /** The numbers of the events that a connection got, and of its removal, in order. */
    seen: ({ connectionId }: LiveConnection): (number | string)[] =>
      (received.get(connectionId) ?? []).flatMap<number | string>(({ t, seq, events = [] }) =>
        t === 'removed' ? [`removed ${seq}`] : events.map((event) => event.seq),
      ),
  }
}
