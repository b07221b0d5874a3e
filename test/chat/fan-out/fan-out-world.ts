import { joinsOf } from '../../../functions/chat/domain/delivery.ts'
import type { EventContent, RoomEvent } from '../../../functions/chat/domain/event.ts'
import type { LiveConnection, Recipient, Register, Shard } from '../../../functions/chat/domain/live-connection.ts'
import { createAdmit } from '../../../functions/chat/fan-out/admit.ts'
import { createFanOut, type FanOutDeps } from '../../../functions/chat/fan-out/fan-out.ts'
import type { PostFrames, PostFramesOutcome } from '../../../functions/chat/post-frames.ts'
import type { StartTimer } from '../../../functions/shared/resilience/timer.ts'
import { CAUSE } from '../cause.ts'
import { aMessage, anEvent, aRoom } from '../room-events.ts'

const { signal } = new AbortController()
const TENANT = 'acme'
const id = { tenant: TENANT, room: 'room-1' }

/** One room in memory with its workers, and connections that keep what they are sent. */
export function fanOutWorld(options: { shards?: number; pageSize?: number } = {}) {
  const { shards = 1, pageSize = 100 } = options
  const log: RoomEvent[] = []
  const members = new Map<string, number>()
  const connections: LiveConnection[] = []
  const recipients = new Map<number, Map<string, Recipient>>()
  const progress = new Map<number, number>()
  const received = new Map<string, Record<string, unknown>[]>()
  const outcomes = new Map<string, PostFramesOutcome>()
  const hooks: {
    beforePost?: (connectionId: string) => void
    beforeProgress?: () => void
    afterRead?: () => Promise<void>
    /** Checks whether a read of the log sees none of the new events yet. */
    isHidden?: () => boolean
  } = {}

  const rowsOf = (shard: number) => {
    const rows = recipients.get(shard) ?? new Map<string, Recipient>()
    recipients.set(shard, rows)
    return rows
  }
  const shardOf = (connectionId: string) => Number(connectionId.replace(/\D/g, '')) % shards

  const register: Register = async ({ user, connectionId, connectedAt }, rooms) => {
    const joined = members.get(user)
    if (joined === undefined) return new Map()
    const recipient = { connectionId, user, joined, connectedAt }
    rowsOf(shardOf(connectionId)).set(connectionId, recipient)
    return new Map(rooms.map((room) => [room, recipient]))
  }
  const postFrames: PostFrames = async ({ connectionId }, frames) => {
    hooks.beforePost?.(connectionId)
    const outcome = outcomes.get(connectionId) ?? 'sent'
    if (outcome === 'sent') {
      received.set(connectionId, [...(received.get(connectionId) ?? []), ...frames.map((frame) => JSON.parse(frame))])
    }
    return outcome
  }
  const reads: Pick<FanOutDeps, 'readRoom' | 'readEvents'> = {
    readRoom: async () => aRoom({ head: log.length, shards }),
    async readEvents({ from, to }) {
      const events = hooks.isHidden?.() ? [] : log.slice(from - 1, Math.min(to, from - 1 + pageSize))
      await hooks.afterRead?.()
      return events
    },
  }
  const removeRow = async ({ shard }: Shard, { connectionId, joined }: Recipient) => {
    if (rowsOf(shard).get(connectionId)?.joined === joined) rowsOf(shard).delete(connectionId)
  }
  const now = () => 1_000_000
  const startTimer: StartTimer = (callback) => {
    setImmediate(callback)
    return () => {}
  }
  const shared = { ...reads, register, postFrames, now, random: () => 0, startTimer }
  const fanOut = createFanOut({
    ...shared,
    list: async ({ shard }) => [...rowsOf(shard).values()],
    readProgress: async ({ shard }) => progress.get(shard),
    async writeProgress({ shard }, sent) {
      hooks.beforeProgress?.()
      progress.set(shard, sent)
    },
    admit: createAdmit({
      ...shared,
      listConnections: async ({ user }) => connections.filter((connection) => connection.user === user),
    }),
    forget: {
      removed: removeRow,
      async gone(shard, recipient) {
        connections.splice(
          connections.findIndex(({ connectionId }) => connectionId === recipient.connectionId),
          1,
        )
        await removeRow(shard, recipient)
      },
    },
    perSecond: 1_000_000,
  })

  return {
    log,
    progress,
    outcomes,
    hooks,
    isRegistered: (connectionId: string) => rowsOf(shardOf(connectionId)).has(connectionId),
    commit(content: EventContent = aMessage(), more: Partial<RoomEvent> = {}): number {
      const event = anEvent(log.length + 1, content, { shards, ...more })
      log.push(event)
      for (const [user, seq] of joinsOf([event])) members.set(user, seq)
      if (event.type === 'member' && event.member.role === null) members.delete(event.member.user)
      return event.seq
    },
    /** Opens a connection as `$connect` does. */
    async connect(user: string, connectionId: string): Promise<void> {
      const connection = { tenant: TENANT, user, connectionId, connectedAt: 0 }
      connections.push(connection)
      await register(connection, [id.room], signal)
    },
    /** Runs a worker for a message about an event, by default the newest. */
    work: (shard = 0, upTo = log.length, from = upTo) =>
      fanOut({ id, shard, shards, from, upTo, cause: CAUSE }, signal),
    /** The numbers of the events that a connection got, in the order in which they came, and of its removal. */
    seen(connectionId: string): (number | string)[] {
      return (received.get(connectionId) ?? []).flatMap<number | string>((frame) =>
        frame.t === 'removed' ? [`removed ${frame.seq}`] : (frame.events as { seq: number }[]).map(({ seq }) => seq),
      )
    },
  }
}
