import type { Socket, SocketConstructor } from '../../../clients/chat/src/socket.ts'

/** The server's end of a connection. */
export interface ServerSocket {
  readonly connectionId: string
  readonly user: string
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
  readonly isOpen: () => boolean
  /** Sends a frame to the client. @returns false if the connection is closed. */
  push: (frame: string) => boolean
  /** Ends the connection, as the network does. */
  cut: () => void
}

export interface SocketServer {
  now: () => number
  /** Runs what a new connection needs; rejects to refuse the upgrade. */
  open: (socket: ServerSocket) => Promise<void>
  /** Returns the ack of a frame. */
  receive: (socket: ServerSocket, frame: string) => Promise<string>
  closed: (socket: ServerSocket) => void
}

/** Builds a WebSocket class whose connections lead to a server in this process. A ticket is the user's name. */
export function socketsTo(server: SocketServer, newId: () => string): SocketConstructor {
  return class implements Socket {
    readonly #target = new EventTarget()
    readonly #server: ServerSocket
    #state: 'connecting' | 'open' | 'closed' = 'connecting'

    constructor(url: string) {
      this.#server = {
        connectionId: newId(),
        user: new URL(url).searchParams.get('ticket') ?? '',
        connectedAt: server.now(),
        isOpen: () => this.#state !== 'closed',
        push: (frame) => this.#push(frame),
        cut: () => this.#end(),
      }
      server.open(this.#server).then(
        () => {
          if (this.#state !== 'connecting') return
          this.#state = 'open'
          this.#emit('open')
        },
        () => this.#end(),
      )
    }

    addEventListener(type: string, listener: (event: { data?: unknown }) => void) {
      this.#target.addEventListener(type, (event) => listener(event as unknown as { data?: unknown }))
    }

    /** Sends a frame. One that was sent before the connection ended may still arrive, but its ack doesn't. */
    send(data: string) {
      if (this.#state === 'open')
        server.receive(this.#server, data).then(
          (ack) => this.#push(ack),
          () => this.#end(),
        )
    }

    close() {
      this.#end()
    }

    #push(frame: string): boolean {
      if (this.#state !== 'open') return false
      queueMicrotask(() => this.#emit('message', { data: frame }))
      return true
    }

    #end() {
      if (this.#state === 'closed') return
      this.#state = 'closed'
      server.closed(this.#server)
      queueMicrotask(() => this.#emit('close'))
    }

    #emit(type: string, fields: object = {}) {
      this.#target.dispatchEvent(Object.assign(new Event(type), fields))
    }
  }
}
