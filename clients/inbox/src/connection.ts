import { type Clock, pause } from './clock.ts'
import { parseFrame, type ServerFrame } from './parse.ts'
import type { Socket } from './socket.ts'

/** One open WebSocket. */
export interface Connection {
  /** Aborted at the end of the connection, whoever ended it. */
  readonly signal: AbortSignal
  /** Asks whether the other side is there; the connection ends if it isn't. It never rejects. */
  ping: () => Promise<void>
  close: () => void
}

export interface ConnectionOptions {
  socket: Socket
  clock: Clock
  random: () => number
  onFrame: (frame: Exclude<ServerFrame, { t: 'ack' }>) => void
}

/** API Gateway closes a connection that is silent for 10 minutes. */
const MIN_PING_MS = 240_000
const MAX_PING_MS = 300_000
const ACK_TIMEOUT_MS = 10_000

/** The close code of a side that goes away (RFC 6455, 7.4.1, has 1001; browsers only send 1000 and 3000 to 4999). */
const NORMAL_CLOSE = 1000

/**
 * Speaks over an open WebSocket. It pings every 4 to 5 minutes; without an answer in 10 seconds the connection is dead,
 * though no one has closed it: a network that drops packets tells nobody.
 */
export function createConnection({ socket, clock, random, onFrame }: ConnectionOptions): Connection {
  const ended = new AbortController()
  const { signal } = ended
  const waiting = new Map<string, () => void>()
  let count = 0

  function end(): void {
    if (signal.aborted) return
    ended.abort()
    socket.close(NORMAL_CLOSE)
  }

  function receive(data: unknown): void {
    const frame = signal.aborted ? undefined : parseFrame(data)
    if (frame?.t === 'ack') waiting.get(frame.id)?.()
    else if (frame) onFrame(frame)
  }

  function ping(): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    count += 1
    const id = String(count)
    return new Promise((resolve) => {
      const finish = () => {
        cancel()
        waiting.delete(id)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      const cancel = clock.startTimer(end, ACK_TIMEOUT_MS)
      waiting.set(id, finish)
      signal.addEventListener('abort', finish)
      socket.send(JSON.stringify({ v: 1, action: 'ping', id }))
    })
  }

  async function keepAlive(): Promise<void> {
    while (!signal.aborted) {
      await pause(clock, MIN_PING_MS + random() * (MAX_PING_MS - MIN_PING_MS), signal)
      await ping()
    }
  }

  socket.addEventListener('message', ({ data }) => receive(data))
  socket.addEventListener('close', end)
  socket.addEventListener('error', end)
  keepAlive().catch(() => {})
  return { signal, ping, close: end }
}
