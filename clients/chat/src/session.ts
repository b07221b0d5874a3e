import { backoffMs } from './backoff.ts'
import type { Chance } from './clock.ts'
import type { Line } from './line.ts'

/** The state of the connection, as the application sees it. */
export type ConnectionState =
  /** Not started. */
  | { status: 'idle' }
  | { status: 'connecting' }
  /** Connected; what happened meanwhile is being fetched. Commits go out already. */
  | { status: 'catching-up' }
  | { status: 'online' }
  /**
   * Without a connection until the next try. `error` is ChatUnavailable, ChatProblem, or `undefined` for a lost one.
   */
  | { status: 'offline'; retryInMs: number; error: unknown }
  | { status: 'closed' }

export interface SessionOptions extends Chance {
  /** @throws whatever keeps a connection from opening. */
  open: (signal: AbortSignal) => Promise<Line>
  onState: (state: ConnectionState) => void
  /** Called with each new connection, and with an older one when a newer one has ended before it. */
  onLine: (line: Line) => void
}

/** Keeps a connection open until it is closed. */
export interface Session {
  start: () => void
  close: () => void
  /** Tries now what would be tried later: to connect, or to find out whether the connection is alive. */
  wake: () => void
  /** Replaces the connection after a time, as the server asked. */
  reconnect: (afterMs: number) => void
  /** The newest open connection. */
  line: () => Line | undefined
  state: () => ConnectionState
}

/** API Gateway ends a connection after 2 hours. */
const MIN_AGE_MS = 100 * 60_000
const MAX_AGE_MS = 115 * 60_000

const LIST_EVERY_MS = 5 * 60_000

/**
 * There is always a next opening ahead: after a failure soon, and otherwise before API Gateway ends the connection. The
 * older connection is closed when the newer one has caught up, and not before, so no event falls between them.
 */
export function createSession({ clock, random, open, onState, onLine }: SessionOptions): Session {
  const closed = new AbortController()
  /** Open connections, the newest last, and whether each has caught up. */
  const lines = new Map<Line, boolean>()
  let state: ConnectionState = { status: 'idle' }
  let opening = false
  /** Woken during the opening, which may have begun on a network that is gone. */
  let isWoken = false
  let attempt = 0
  let cancelNext = () => {}

  const newest = (): Line | undefined => [...lines.keys()].at(-1)

  function report(whileDown: ConnectionState): void {
    if (closed.signal.aborted) return
    const next: ConnectionState =
      lines.size === 0 ? whileDown : { status: [...lines.values()].includes(true) ? 'online' : 'catching-up' }
    if (next.status === state.status && next.status !== 'offline') return
    state = next
    onState(state)
  }

  function schedule(ms: number): void {
    cancelNext()
    if (!closed.signal.aborted) cancelNext = clock.startTimer(() => void openNext(), ms)
  }

  function retry(error: unknown): void {
    const retryInMs = backoffMs(attempt, random)
    attempt += 1
    schedule(retryInMs)
    report({ status: 'offline', retryInMs, error })
  }

  async function openNext(): Promise<void> {
    if (opening || closed.signal.aborted) return
    opening = true
    isWoken = false
    cancelNext()
    report({ status: 'connecting' })
    try {
      adopt(await open(closed.signal))
    } catch (error) {
      opening = false
      if (isWoken) void openNext()
      else retry(error)
    }
  }

  function adopt(line: Line): void {
    opening = false
    lines.set(line, false)
    line.signal.addEventListener('abort', () => ended(line))
    if (closed.signal.aborted) line.close()
    // A connection that ended before it was adopted ends like any other.
    else if (line.signal.aborted) ended(line)
    else use(line)
  }

  function use(line: Line): void {
    schedule(MIN_AGE_MS + random() * (MAX_AGE_MS - MIN_AGE_MS))
    report(state)
    onLine(line)
    keepUp(line).catch(() => {})
  }

  async function keepUp(line: Line): Promise<void> {
    await line.catchUp()
    if (line.signal.aborted) return
    attempt = 0
    lines.set(line, true)
    for (const older of [...lines.keys()].slice(0, [...lines.keys()].indexOf(line))) older.close()
    report(state)
    listLater(line)
  }

  function listLater(line: Line): void {
    const again = () =>
      void line.catchUp().then(
        () => listLater(line),
        () => {},
      )
    const cancel = clock.startTimer(again, LIST_EVERY_MS)
    line.signal.addEventListener('abort', cancel)
  }

  function ended(line: Line): void {
    const wasNewest = line === newest()
    lines.delete(line)
    if (!wasNewest || closed.signal.aborted) return
    const older = newest()
    if (older) onLine(older)
    if (!opening) retry(undefined)
    else report({ status: 'connecting' })
  }

  return {
    start() {
      if (state.status === 'idle') void openNext()
    },
    close() {
      if (closed.signal.aborted) return
      cancelNext()
      state = { status: 'closed' }
      closed.abort(new DOMException('The client was closed.', 'AbortError'))
      for (const line of [...lines.keys()]) line.close()
      onState(state)
    },
    wake() {
      if (state.status === 'idle') return
      isWoken = opening
      const line = newest()
      if (line) line.check()
      else void openNext()
    },
    reconnect(afterMs) {
      schedule(afterMs)
    },
    line: newest,
    state: () => state,
  }
}
