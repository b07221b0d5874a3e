import { type Clock, pause } from './clock.ts'
import { ChatUnavailable } from './errors.ts'
import type { CallHttp } from './http.ts'
import { isObject } from './parse-frame.ts'

/** The part of a WebSocket that the client uses, be it that of browsers, of Node, or another one. */
export interface Socket {
  send: (data: string) => void
  close: (code?: number, reason?: string) => void
  addEventListener: (
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: { data?: unknown }) => void,
  ) => void
}

export type SocketConstructor = new (url: string) => Socket

export interface OpenSocketOptions {
  call: CallHttp
  /** The WebSocket's URL, without a query. */
  webSocketUrl: string
  WebSocket: SocketConstructor
  clock: Clock
}

/**
 * Opens a WebSocket with a new ticket, which needs a new token.
 *
 * @throws ChatProblem, ChatUnavailable, or the signal's reason.
 */
export type OpenSocket = (signal: AbortSignal) => Promise<Socket>

/** The time limit for the upgrade. A ticket lives for 60 seconds. */
const OPEN_TIMEOUT_MS = 10_000

export function createOpenSocket({ call, webSocketUrl, WebSocket, clock }: OpenSocketOptions): OpenSocket {
  return async (signal) => {
    const answer = await call({ method: 'POST', path: '/v1/ws-ticket', signal })
    if (!isObject(answer) || typeof answer.ticket !== 'string') {
      throw new ChatUnavailable('bad-answer', 'The chat gave no ticket.')
    }
    const socket = new WebSocket(`${webSocketUrl}?ticket=${encodeURIComponent(answer.ticket)}`)
    try {
      await opened(socket, { clock, signal })
      return socket
    } catch (error) {
      socket.close()
      throw error
    }
  }
}

/** Waits for the upgrade. Browsers don't tell a refused one from a network that is down. */
async function opened(socket: Socket, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<void> {
  const settled = new AbortController()
  const ended = AbortSignal.any([signal, settled.signal])
  const upgrade = new Promise<void>((resolve, reject) => {
    const refused = () => reject(new ChatUnavailable('unreachable', 'The WebSocket was refused, or is unreachable.'))
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', refused)
    socket.addEventListener('close', refused)
  })
  const limit = pause(clock, OPEN_TIMEOUT_MS, ended).then(() => {
    throw new ChatUnavailable('timeout', `The WebSocket did not open within ${OPEN_TIMEOUT_MS} ms.`)
  })
  try {
    await Promise.race([upgrade, limit])
  } finally {
    settled.abort()
    limit.catch(() => {})
  }
}
