import type { JourneyFrame, JourneySocket } from '../../lib/shared/journey.ts'
import { UserError } from '../support/user-error.ts'

export interface SocketOptions {
  /** The URL of the WebSocket API. */
  readonly url: string | undefined
  readonly ticket: string
  /** The time limit of the upgrade, and of each frame, in ms. @default 20,000 */
  readonly timeout?: number | undefined
}

/** Opens a connection for a journey. It rejects, as its functions do, with a `UserError` of one line. */
export async function connectSocket({ url, ticket, timeout = 20_000 }: SocketOptions): Promise<JourneySocket> {
  if (url === undefined)
    throw new UserError('The journey needs --web-socket-url, the output WebSocketUrl of the stack.')
  const socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`)
  const frames: JourneyFrame[] = []
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(data)))
  await once(socket, { timeout, what: 'opening the connection', isDone: () => socket.readyState === WebSocket.OPEN })

  const receive: JourneySocket['receive'] = async (what, matches) => {
    await once(socket, { timeout, what, isDone: () => frames.some(matches) })
    return frames.find(matches) ?? {}
  }
  let count = 0
  return {
    receive,
    async send(action, fields = {}) {
      count += 1
      const id = `${action}-${count}`
      socket.send(JSON.stringify({ v: 1, action, id, ...fields }))
      const ack = await receive(`the ack of ${action}`, (frame) => frame.t === 'ack' && frame.id === id)
      if (!ack.ok) throw new UserError(`${action}: expected an ack, got ${ack.code}: ${ack.message}`)
      return ack
    },
    close: () => socket.close(),
  }
}

interface Wait {
  readonly timeout: number
  /** Names the awaited frame in messages. */
  readonly what: string
  readonly isDone: () => boolean
}

/** Waits until something that an event of the socket brings is there. */
function once(socket: WebSocket, { timeout, what, isDone }: Wait): Promise<void> {
  const waiting = new AbortController()
  return new Promise<void>((resolve, reject) => {
    const look = () => {
      if (isDone()) resolve()
      else if (socket.readyState >= WebSocket.CLOSING)
        reject(new UserError(`${what}: the connection was closed or refused`))
    }
    const { signal } = waiting
    for (const type of ['open', 'message', 'close', 'error']) socket.addEventListener(type, look, { signal })
    const timer = setTimeout(() => reject(new UserError(`${what}: nothing within ${timeout / 1000} s`)), timeout)
    signal.addEventListener('abort', () => clearTimeout(timer))
    look()
  }).finally(() => waiting.abort())
}
