import { type Clock, SYSTEM_CLOCK } from './clock.ts'
import { throwLater } from './emitter.ts'
import type { Token } from './http.ts'
import type { SocketConstructor } from './socket.ts'

export interface ChatClientOptions {
  /** The service's `ApiUrl`. */
  url: string
  /** The service's `WebSocketUrl`. */
  webSocketUrl: string
  /** An access token with the scope `chat`, or a function that returns one, called for every request. */
  token: Token
  /**
   * Positions from `positions()` of an earlier session: events after them are delivered. A room without one begins with
   * the events that come from now on.
   */
  positions?: Readonly<Record<string, number>>
  /** The limit of commits without an answer, over all rooms. @default 100 */
  maxPending?: number
  /**
   * The time after which a commit without an answer fails, in milliseconds. The service recognises a repeated `cid` for
   * 24 hours, hence at most 23.
   *
   * @default 3600000 (1 hour)
   */
  giveUpAfterMs?: number
  /** Gets what listeners throw. @default throws it where nobody catches it, as browsers and Node report it */
  onListenerError?: (error: unknown) => void
  /** @default globalThis.fetch */
  fetch?: typeof fetch
  /** @default globalThis.WebSocket */
  WebSocket?: SocketConstructor
  /** @default the system's clock */
  clock?: Clock
  /** @default Math.random */
  random?: () => number
}

export type CompleteOptions = Required<ChatClientOptions>

const HOUR_MS = 3_600_000
const MAX_GIVE_UP_MS = 23 * HOUR_MS

/** @throws TypeError for options that can't be used. */
export function completeOptions(options: ChatClientOptions): CompleteOptions {
  const { maxPending = 100, giveUpAfterMs = HOUR_MS } = options
  requireUrl('url', options.url, /^https?:\/\//)
  requireUrl('webSocketUrl', options.webSocketUrl, /^wss?:\/\//)
  if (!Number.isSafeInteger(maxPending) || maxPending < 1) {
    throw new TypeError(`maxPending must be a whole number above 0, not ${maxPending}`)
  }
  if (!(giveUpAfterMs > 0 && giveUpAfterMs <= MAX_GIVE_UP_MS)) {
    throw new TypeError(`giveUpAfterMs must be above 0 and at most ${MAX_GIVE_UP_MS}, not ${giveUpAfterMs}`)
  }
  return {
    // Looked up at each call, and called without a receiver, as browsers ask for.
    fetch: (input, init) => globalThis.fetch(input, init),
    WebSocket: globalThis.WebSocket,
    clock: SYSTEM_CLOCK,
    random: Math.random,
    positions: {},
    onListenerError: throwLater,
    ...options,
    url: options.url.replace(/\/+$/, ''),
    maxPending,
    giveUpAfterMs,
  }
}

function requireUrl(name: string, url: string, scheme: RegExp): void {
  if (!scheme.test(url) || !URL.canParse(url)) throw new TypeError(`${name} must match ${scheme}, not ${url}`)
}
