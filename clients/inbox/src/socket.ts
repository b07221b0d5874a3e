import { type Clock, pause } from './clock.ts'
import { InboxUnavailable } from './errors.ts'

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
  getTicket: (signal: AbortSignal) => Promise<string>
  /** The WebSocket's URL, without a query. */
  webSocketUrl: string
  WebSocket: SocketConstructor
  clock: Clock
}

/** The time limit for the upgrade. A ticket lives for 60 seconds. */
const OPEN_TIMEOUT_MS = 10_000

/**
 * Creates what opens a WebSocket with a new ticket. It rejects with InboxProblem, InboxUnavailable, or the signal's
 * reason.
 */
export function createOpenSocket({ getTicket, webSocketUrl, WebSocket, clock }: OpenSocketOptions) {
  return async (signal: AbortSignal): Promise<Socket> => {
    const ticket = await getTicket(signal)
    const socket = new WebSocket(`${webSocketUrl}?ticket=${encodeURIComponent(ticket)}`)
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
  const upgrade = new Promise<void>((resolve, reject) => {
    const refused = () => reject(new InboxUnavailable('unreachable', 'The WebSocket was refused, or is unreachable.'))
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', refused)
    socket.addEventListener('close', refused)
  })
  const limit = pause(clock, OPEN_TIMEOUT_MS, AbortSignal.any([signal, settled.signal])).then(() => {
    throw new InboxUnavailable('timeout', `The WebSocket did not open within ${OPEN_TIMEOUT_MS} ms.`)
  })
  try {
    await Promise.race([upgrade, limit])
  } finally {
    settled.abort()
    limit.catch(() => {})
  }
}
