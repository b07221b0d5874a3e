/** A frame of the client, or of the server. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts its content.
export type AnyFrame = Record<string, any>

/** The server's end of a connection. */
export interface FakeSocket {
  send: (data: string) => void
  close: (code?: number, reason?: string) => void
  addEventListener: (
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: { data?: unknown }) => void,
  ) => void
  readonly url: URL
  /** Frames that the client has sent, in order. */
  readonly received: AnyFrame[]
  readonly isOpen: () => boolean
  readonly isClosed: () => boolean
  /** Sends a frame to the client. */
  push: (frame: AnyFrame) => void
  /** Ends the connection, as the server or the network does. */
  drop: () => void
  /** Frames of events are lost on their way to this connection, acks are not. */
  losesEvents: boolean
  /** Nothing arrives any more, in either direction, and nobody is told: a network that drops packets. */
  isDead: boolean
}

export interface SocketServer {
  /** Called at the upgrade: whether it is accepted, refused, or never answered. */
  accept: (socket: FakeSocket) => boolean | 'no-answer'
  receive: (socket: FakeSocket, frame: AnyFrame) => void
}

/** Builds a WebSocket class whose connections lead to this server, without a network. */
export function fakeWebSocket({ accept, receive }: SocketServer): new (url: string) => FakeSocket {
  return class implements FakeSocket {
    readonly url: URL
    readonly received: AnyFrame[] = []
    losesEvents = false
    isDead = false
    #state: 'connecting' | 'open' | 'closed' = 'connecting'
    readonly #target = new EventTarget()

    constructor(url: string) {
      this.url = new URL(url)
      queueMicrotask(() => {
        if (this.#state !== 'connecting') return
        const isAccepted = accept(this)
        if (isAccepted === 'no-answer') return
        if (!isAccepted) return this.#fail()
        this.#state = 'open'
        this.#emit('open')
      })
    }

    readonly isOpen = () => this.#state === 'open'
    readonly isClosed = () => this.#state === 'closed'

    addEventListener(type: string, listener: (event: { data?: unknown }) => void) {
      this.#target.addEventListener(type, (event) => listener(event as unknown as { data?: unknown }))
    }

    send(data: string) {
      const frame = JSON.parse(data)
      this.received.push(frame)
      queueMicrotask(() => void (this.isOpen() && !this.isDead && receive(this, frame)))
    }

    close() {
      if (this.#state === 'closed') return
      this.#state = 'closed'
      // A dead network answers no close frame: the event would come only much later.
      if (!this.isDead) queueMicrotask(() => this.#emit('close'))
    }

    push(frame: AnyFrame) {
      const data = JSON.stringify(frame)
      const isLost = this.isDead || (this.losesEvents && frame.t === 'events')
      queueMicrotask(() => void (this.isOpen() && !isLost && this.#emit('message', { data })))
    }

    drop() {
      if (this.#state === 'closed') return
      this.#state = 'closed'
      this.#emit('close')
    }

    #fail() {
      this.#state = 'closed'
      this.#emit('error')
      this.#emit('close')
    }

    #emit(type: string, fields: object = {}) {
      this.#target.dispatchEvent(Object.assign(new Event(type), fields))
    }
  }
}
