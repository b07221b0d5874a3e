import { once } from 'node:events'
import { request } from 'node:http'
import { DEADLINE_MS } from './eventually.ts'

/** A frame from the server. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts its content.
export type ServerFrame = Record<string, any>

/** A WebSocket client for tests. */
export interface Socket {
  /** All frames so far, acks included, in the order in which they arrived. */
  readonly frames: readonly ServerFrame[]
  /** Sends an action with an id of its own, and returns the ack. */
  send: (action: string, fields?: object) => Promise<ServerFrame>
  /** Sends any text or bytes as they are. */
  sendRaw: (data: string | Uint8Array<ArrayBuffer>) => void
  /**
   * Returns the first frame that matches, at once or as soon as it arrives.
   *
   * @throws Error with all frames when none arrives in time, or the connection ends first.
   */
  awaitFrame: (matches: (frame: ServerFrame) => boolean) => Promise<ServerFrame>
  /** Resolves with the close frame's code when either side has closed the connection. */
  readonly closed: Promise<number>
  /** Closes the connection from this side. */
  close: () => Promise<void>
}

/** Opens sockets for a test file, closed after it. The returned function rejects if the upgrade is refused. */
export function useSockets(): (url: string, ticket?: string) => Promise<Socket> {
  const sockets: Socket[] = []
  afterAll(() => Promise.all(sockets.map((socket) => socket.close())))
  return async (url, ticket) => {
    const socket = await connectSocket(withTicket(url, ticket))
    sockets.push(socket)
    return socket
  }
}

/**
 * Returns the HTTP status with which a server answers an upgrade: 101 if it accepts, and then the connection is cut.
 * The global WebSocket hides it.
 */
export async function upgradeStatus(url: string, ticket?: string): Promise<number | undefined> {
  const upgrade = request(withTicket(url, ticket).replace(/^ws/, 'http'), {
    signal: AbortSignal.timeout(DEADLINE_MS),
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  }).end()
  const [response] = await Promise.race([once(upgrade, 'response'), once(upgrade, 'upgrade')])
  response.socket.destroy()
  return response.statusCode
}

function withTicket(url: string, ticket: string | undefined): string {
  return ticket === undefined ? url : `${url}?ticket=${encodeURIComponent(ticket)}`
}

async function connectSocket(url: string): Promise<Socket> {
  const webSocket = new WebSocket(url)
  const frames: ServerFrame[] = []
  const arrived = new EventTarget()
  webSocket.addEventListener('message', ({ data }) => {
    frames.push(JSON.parse(data))
    arrived.dispatchEvent(new Event('frame'))
  })
  const closed = new Promise<number>((resolve) => {
    webSocket.addEventListener('close', ({ code }) => {
      resolve(code)
      arrived.dispatchEvent(new Event('frame'))
    })
  })
  await opened(webSocket)

  const awaitFrame = async (matches: (frame: ServerFrame) => boolean): Promise<ServerFrame> => {
    const deadline = AbortSignal.timeout(DEADLINE_MS)
    for (;;) {
      const found = frames.find(matches)
      if (found) return found
      if (deadline.aborted || webSocket.readyState !== WebSocket.OPEN) {
        throw new Error(`No such frame arrived: ${JSON.stringify(frames)}`)
      }
      await nextFrame(arrived, deadline)
    }
  }
  let count = 0
  return {
    frames,
    closed,
    awaitFrame,
    send(action, fields = {}) {
      count += 1
      const id = `frame-${count}`
      webSocket.send(JSON.stringify({ v: 1, action, id, ...fields }))
      return awaitFrame((frame) => frame.t === 'ack' && frame.id === id)
    },
    sendRaw: (data) => webSocket.send(data),
    async close() {
      webSocket.close()
      await closed
    },
  }
}

/** @throws Error when the server refuses the upgrade. */
function opened(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    webSocket.addEventListener('open', () => resolve())
    webSocket.addEventListener('error', () => reject(new Error('The server refused the WebSocket.')))
  })
}

function nextFrame(arrived: EventTarget, deadline: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const controller = new AbortController()
    const end = () => {
      controller.abort()
      resolve()
    }
    for (const [target, type] of [
      [arrived, 'frame'],
      [deadline, 'abort'],
    ] as const) {
      target.addEventListener(type, end, { signal: controller.signal })
    }
  })
}
