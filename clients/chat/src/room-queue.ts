import { backoffMs } from './backoff.ts'
import { type Chance, pause } from './clock.ts'
import type { Connection } from './connection.ts'
import { CommitFailed, type CommitFailureCode } from './errors.ts'
import type { Ack, ClientActions, CommitAction } from './frames.ts'
import { mayRetry } from './refusals.ts'

/** A commit that is in its room's log. */
export interface Committed {
  seq: number
  /** RFC 3339. */
  ts: string
  /** It was there before, or changed nothing. */
  dup: boolean
}

/** An action to commit, and its fields. */
export type CommitRequest = {
  [Action in CommitAction]: { action: Action; fields: ClientActions[Action] }
}[CommitAction]

export interface RoomQueueOptions extends Chance {
  /** The time after which a commit without an answer fails, in milliseconds. */
  giveUpAfterMs: number
  /** The connection over which to send now, if there is one. */
  connection: () => Pick<Connection, 'request'> | undefined
  /** Called before the promise of `add` is resolved. */
  onCommitted: (request: CommitRequest, committed: Committed) => void
  onChange: () => void
  /** Aborted when the client is closed. */
  signal: AbortSignal
}

/** Commits of one room, which go out one by one, in order: frames sent together would be committed in any order. */
export interface RoomQueue {
  /** @throws CommitFailed */
  add: (request: CommitRequest) => Promise<Committed>
  /** Sends what waits, if it isn't being sent. */
  work: () => void
  /** Learns from its event that a commit was made; it needs no answer any more. */
  arrived: (cid: string, committed: Committed) => void
  /** Returns the commits without an answer so far, of which the first may have been sent. */
  waiting: () => readonly { request: CommitRequest; wasSent: boolean }[]
}

interface Entry {
  readonly request: CommitRequest
  readonly queuedAt: number
  /** True once it may have reached the service. */
  wasSent: boolean
  /** Aborted when the outcome is known. */
  readonly settled: AbortController
  readonly resolve: (committed: Committed) => void
  readonly reject: (error: CommitFailed) => void
}

export function createRoomQueue(options: RoomQueueOptions): RoomQueue {
  const { clock, random, giveUpAfterMs, connection, onCommitted, onChange, signal } = options
  const entries: Entry[] = []
  let busy = false

  const isOpen = (entry: Entry): boolean => !entry.settled.signal.aborted

  function settle(entry: Entry, result: Committed | CommitFailed): void {
    if (!isOpen(entry)) return
    entry.settled.abort()
    entries.splice(entries.indexOf(entry), 1)
    if (result instanceof CommitFailed) entry.reject(result)
    else {
      onCommitted(entry.request, result)
      entry.resolve(result)
    }
    onChange()
  }

  const expire = (entry: Entry) =>
    settle(entry, failure(entry, 'expired', `No answer came within ${giveUpAfterMs} ms.`))

  async function work(): Promise<void> {
    if (busy) return
    busy = true
    try {
      for (let entry = entries[0]; entry && connection(); entry = entries[0]) await commit(entry)
    } finally {
      busy = false
    }
  }

  const start = () => void work().catch(() => {})

  /** Sends a commit until it is settled, or no answer came: the next try may need another connection. */
  async function commit(entry: Entry): Promise<void> {
    for (let attempt = 0; isOpen(entry); attempt++) {
      // A clock that slept with its machine fires timers late, but tells the time.
      if (clock.now() - entry.queuedAt >= giveUpAfterMs) return expire(entry)
      const over = connection()
      if (!over) return
      const ack = await send(entry, over)
      if (ack === undefined) return
      if (ack.ok) return settle(entry, { seq: Number(ack.seq), ts: String(ack.ts), dup: ack.dup === true })
      const waitMs = judge(entry, ack)
      if (isOpen(entry)) await pause(clock, waitMs + backoffMs(attempt, random), entry.settled.signal).catch(() => {})
    }
  }

  /** Returns the answer; `undefined` if none came, which says nothing about what became of the commit. */
  function send(entry: Entry, over: Pick<Connection, 'request'>): Promise<Ack | undefined> {
    const { action, fields } = entry.request
    const { signal: settled } = entry.settled
    const ack = over.request(action, fields).catch(() => undefined)
    entry.wasSent = true
    onChange()
    return Promise.race([
      ack,
      new Promise<undefined>((done) => settled.addEventListener('abort', () => done(undefined))),
    ])
  }

  /** Settles a commit that was refused for good, and returns how long to wait before the next try of another. */
  function judge(entry: Entry, refusal: Ack & { ok: false }): number {
    const { code, message, retryAfterMs = 0 } = refusal
    if (mayRetry(code)) return retryAfterMs
    const { cid } = entry.request.fields
    settle(entry, new CommitFailed({ code, outcome: 'not-committed', cid, message }))
    return 0
  }

  signal.addEventListener('abort', () => {
    for (const entry of [...entries]) settle(entry, failure(entry, 'closed', 'The client was closed.'))
  })
  return {
    add(request) {
      return new Promise((resolve, reject) => {
        const entry = {
          request,
          queuedAt: clock.now(),
          wasSent: false,
          settled: new AbortController(),
          resolve,
          reject,
        }
        const cancel = clock.startTimer(() => expire(entry), giveUpAfterMs)
        entry.settled.signal.addEventListener('abort', cancel)
        entries.push(entry)
        onChange()
        start()
      })
    },
    work: start,
    arrived(cid, result) {
      const entry = entries.find(({ request }) => request.fields.cid === cid)
      if (entry) settle(entry, result)
    },
    waiting: () => entries,
  }
}

function failure(entry: Entry, code: CommitFailureCode, message: string): CommitFailed {
  const outcome = entry.wasSent ? 'unknown' : 'not-committed'
  return new CommitFailed({ code, outcome, cid: entry.request.fields.cid, message })
}
