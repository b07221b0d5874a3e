import { type Chance, pause } from './clock.ts'
import type { Ack, ActionName, ClientActions, ServerFrame } from './frames.ts'
import { isObject, parseFrame } from './parse-frame.ts'
import type { Socket } from './socket.ts'

/** No answer came: the connection ended, or the time limit passed. What was asked for may have been done. */
export class NoAck extends Error {
  override readonly name = 'NoAck'
}

/** One WebSocket, from its opening to its end. */
export interface Connection {
  /** Aborted at the end of the connection, whoever ended it. */
  readonly signal: AbortSignal
  /**
   * Sends an action and returns its answer.
   *
   * @param timeoutMs 10,000 by default.
   * @throws NoAck
   */
  request: <Name extends ActionName>(action: Name, fields: ClientActions[Name], timeoutMs?: number) => Promise<Ack>
  /** Asks now whether the other side is there. */
  check: () => void
  close: () => void
}

export interface ConnectionOptions extends Chance {
  socket: Socket
  /** Gets every frame but acks. */
  onFrame: (frame: Exclude<ServerFrame, Ack>) => void
  /** Gets the heads of watched rooms, which each ping asks for. */
  onHeads: (heads: Record<string, number>) => void
}

const ACK_TIMEOUT_MS = 10_000
const MIN_PING_MS = 30_000
const MAX_PING_MS = 45_000

/** The close code of a side that goes away (RFC 6455, 7.4.1, has 1001; browsers only send 1000 and 3000 to 4999). */
const NORMAL_CLOSE = 1000

/**
 * Speaks over an open WebSocket. It pings every 30 to 45 seconds, which also keeps the user present; without an answer
 * in 10 seconds the connection is dead, though no one has closed it: a network that drops packets tells nobody.
 */
export function createConnection({ socket, clock, random, onFrame, onHeads }: ConnectionOptions): Connection {
  const ended = new AbortController()
  const waiting = new Map<string, (ack: Ack) => void>()
  let count = 0

  function end(reason: string): void {
    if (ended.signal.aborted) return
    ended.abort(new NoAck(reason))
    socket.close(NORMAL_CLOSE)
  }

  function receive(data: unknown): void {
    const frame = ended.signal.aborted ? undefined : parseFrame(data)
    if (frame?.t === 'ack') waiting.get(frame.id)?.(frame)
    else if (frame) onFrame(frame)
  }

  const request: Connection['request'] = async (action, fields, timeoutMs = ACK_TIMEOUT_MS) => {
    ended.signal.throwIfAborted()
    count += 1
    const id = String(count)
    const answered = new AbortController()
    const late = pause(clock, timeoutMs, AbortSignal.any([ended.signal, answered.signal])).then(() => {
      throw new NoAck(`No answer to ${action} came within ${timeoutMs} ms.`)
    })
    const ack = new Promise<Ack>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ v: 1, action, id, ...fields }))
    try {
      return await Promise.race([ack, late])
    } finally {
      waiting.delete(id)
      answered.abort()
      late.catch(() => {})
    }
  }

  async function ping(): Promise<void> {
    try {
      const ack = await request('ping', {})
      if (ack.ok && isObject(ack.heads)) onHeads(ack.heads as Record<string, number>)
    } catch {
      end('The connection is dead: no answer to a ping.')
    }
  }

  async function keepAlive(): Promise<void> {
    while (!ended.signal.aborted) {
      await pause(clock, MIN_PING_MS + random() * (MAX_PING_MS - MIN_PING_MS), ended.signal)
      await ping()
    }
  }

  socket.addEventListener('message', ({ data }) => receive(data))
  socket.addEventListener('close', () => end('The connection was closed.'))
  socket.addEventListener('error', () => end('The connection failed.'))
  keepAlive().catch(() => {})
  return {
    signal: ended.signal,
    request,
    check: () => void ping(),
    close: () => end('The connection was closed by this client.'),
  }
}
