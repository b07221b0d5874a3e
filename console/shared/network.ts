/** A person's way to a system: it can be cut, or lose what comes over it. */
export interface Network {
  readonly fetch: typeof fetch
  readonly WebSocket: new (url: string) => SwitchedSocket
  /** Cuts everything that is open, and keeps the rest from opening. */
  setConnected: (isConnected: boolean) => void
  /** Lets messages of the server vanish on their way. */
  setLossy: (isLossy: boolean) => void
}

export interface NetworkOptions {
  fetch: typeof fetch
  /** Hears every message over a WebSocket; `lost` for one that vanished. */
  onMessage?: (message: { direction: 'sent' | 'received' | 'lost'; data: string }) => void
  /** Says which messages may vanish. @default all */
  mayLose?: (data: string) => boolean
}

const TYPES = ['open', 'message', 'close', 'error'] as const

/** A WebSocket whose network can be cut. Nobody at the other end is told, as with a cable that is pulled. */
export class SwitchedSocket {
  readonly #target = new EventTarget()
  readonly #socket: WebSocket | undefined
  readonly #accepts: (data: string) => boolean
  readonly #onSend: (data: string) => void
  #isCut = false

  constructor(
    url: string,
    {
      isConnected,
      accepts,
      onSend,
    }: { isConnected: boolean; accepts: (data: string) => boolean; onSend: (data: string) => void },
  ) {
    this.#accepts = accepts
    this.#onSend = onSend
    if (!isConnected) {
      queueMicrotask(() => this.cut())
      return
    }
    this.#socket = new WebSocket(url)
    for (const type of TYPES) this.#socket.addEventListener(type, (event) => this.#pass(type, event))
  }

  addEventListener(type: (typeof TYPES)[number], listener: (event: { data?: unknown }) => void): void {
    this.#target.addEventListener(type, (event) => listener(event as { data?: unknown }))
  }

  send(data: string): void {
    if (this.#isCut) return
    this.#onSend(data)
    this.#socket?.send(data)
  }

  close(code?: number, reason?: string): void {
    this.#socket?.close(code, reason)
  }

  cut(): void {
    if (this.#isCut) return
    this.#isCut = true
    this.#target.dispatchEvent(new Event('error'))
    this.#target.dispatchEvent(new Event('close'))
    this.#socket?.close()
  }

  #pass(type: (typeof TYPES)[number], event: Event | MessageEvent): void {
    if (this.#isCut) return
    const data = 'data' in event ? String(event.data) : undefined
    if (data !== undefined && !this.#accepts(data)) return
    this.#target.dispatchEvent(data === undefined ? new Event(type) : new MessageEvent(type, { data }))
  }
}

export function createNetwork({ fetch, onMessage = () => {}, mayLose = () => true }: NetworkOptions): Network {
  const sockets = new Set<SwitchedSocket>()
  let isConnected = true
  let isLossy = false

  function accepts(data: string): boolean {
    const isLost = isLossy && mayLose(data)
    onMessage({ direction: isLost ? 'lost' : 'received', data })
    return !isLost
  }

  return {
    async fetch(input, init) {
      if (!isConnected) throw new TypeError('The connection is cut.')
      return fetch(input, init)
    },
    WebSocket: class extends SwitchedSocket {
      constructor(url: string) {
        super(url, { isConnected, accepts, onSend: (data) => onMessage({ direction: 'sent', data }) })
        sockets.add(this)
        this.addEventListener('close', () => sockets.delete(this))
      }
    },
    setConnected(next) {
      isConnected = next
      if (!next) for (const socket of [...sockets]) socket.cut()
    },
    setLossy(next) {
      isLossy = next
    },
  }
}
