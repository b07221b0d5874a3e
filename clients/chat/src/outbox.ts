import { CommitFailed } from './errors.ts'
import {
  type CommitRequest,
  type Committed,
  createRoomQueue,
  type RoomQueue,
  type RoomQueueOptions,
} from './room-queue.ts'

/** A commit of this client whose event was not delivered yet. */
export type PendingCommit = CommitRequest & {
  /** `waiting` for a connection or for earlier commits, `sent` without an answer so far, or `committed`. */
  status: 'waiting' | 'sent' | 'committed'
}

export interface OutboxOptions extends Omit<RoomQueueOptions, 'onChange' | 'onCommitted'> {
  /** The limit of commits without an answer, over all rooms. */
  maxPending: number
  /** The `seq` up to which a room's events were delivered. */
  position: (room: string) => number | undefined
  onChange: (room: string) => void
}

/** Commits of this client, in all rooms. */
export interface Outbox {
  /** @throws CommitFailed */
  add: (request: CommitRequest) => Promise<Committed>
  /** Sends what waits: there is a connection. */
  flush: () => void
  /** Learns that an event of a room arrived, before its turn perhaps. */
  arrived: (room: string, event: { cid?: string; seq: number; ts: string }) => void
  /** Learns that a room's events were delivered up to a `seq`. */
  delivered: (room: string, seq: number) => void
  /** Forgets what is committed to a room whose events come no more. */
  left: (room: string) => void
  /** Commits of a room, in order. */
  pending: (room: string) => readonly PendingCommit[]
}

interface RoomState {
  queue: RoomQueue
  /** Commits whose events were not delivered yet. */
  committed: { request: CommitRequest; seq: number }[]
}

export function createOutbox({ maxPending, position, onChange, ...options }: OutboxOptions): Outbox {
  const rooms = new Map<string, RoomState>()

  function stateOf(room: string): RoomState {
    const known = rooms.get(room)
    if (known) return known
    const committed: RoomState['committed'] = []
    const queue = createRoomQueue({
      ...options,
      onChange: () => onChange(room),
      onCommitted(request, { seq }) {
        if (seq > (position(room) ?? 0)) state.committed.push({ request, seq })
      },
    })
    const state: RoomState = { queue, committed }
    rooms.set(room, state)
    return state
  }

  function forget(room: string, upTo: number): void {
    const state = rooms.get(room)
    if (!state?.committed.some(({ seq }) => seq <= upTo)) return
    state.committed = state.committed.filter(({ seq }) => seq > upTo)
    onChange(room)
  }

  const count = () => [...rooms.values()].reduce((sum, { queue }) => sum + queue.waiting().length, 0)

  return {
    async add(request) {
      const { room, cid } = request.fields
      const refuse = (code: 'queue-full' | 'closed', message: string) =>
        new CommitFailed({ code, outcome: 'not-committed', cid, message })
      if (options.signal.aborted) throw refuse('closed', 'The client is closed.')
      if (count() >= maxPending) throw refuse('queue-full', `${maxPending} commits wait for an answer already.`)
      return stateOf(room).queue.add(request)
    },
    flush() {
      for (const { queue } of rooms.values()) queue.work()
    },
    arrived(room, { cid, seq, ts }) {
      if (cid !== undefined) rooms.get(room)?.queue.arrived(cid, { seq, ts, dup: false })
    },
    delivered: forget,
    left: (room) => forget(room, Number.POSITIVE_INFINITY),
    pending(room) {
      const state = rooms.get(room)
      if (!state) return []
      const waiting = state.queue.waiting().map(
        ({ request, wasSent }): PendingCommit => ({
          ...request,
          status: wasSent ? 'sent' : 'waiting',
        }),
      )
      return [...state.committed.map(({ request }): PendingCommit => ({ ...request, status: 'committed' })), ...waiting]
    },
  }
}
