import { type Clock, pause, SYSTEM_CLOCK } from './clock.ts'
import { createCallHttp, type GetToken } from './http.ts'
import { createInboxApi } from './inbox-api.ts'
import { EMPTY_INBOX, type InboxEvent, type InboxState, reduceInbox, shown } from './inbox-state.ts'
import { createLive } from './live.ts'
import type { ServerFrame } from './parse.ts'
import type { InboxItem, Mark } from './resources.ts'
import { createOpenSocket, type SocketConstructor } from './socket.ts'
import { createSync } from './sync.ts'

export interface InboxClientOptions {
  /** The service's `ApiUrl`. */
  url: string
  /** The service's `WebSocketUrl`. */
  webSocketUrl: string
  /** The user whose inbox it is: the token's own, with the scope `notify:self`. */
  user: string
  /** Returns an access token; called for every request, so that it may expire. */
  getToken: GetToken
  /** @default globalThis.fetch */
  fetch?: typeof fetch
  /** @default globalThis.WebSocket */
  WebSocket?: SocketConstructor
  /** @default the system's clock */
  clock?: Clock
  /** @default Math.random */
  random?: () => number
}

/** An inbox as the user sees it. */
export interface InboxView {
  /** Items that are not archived, the newest first. */
  readonly items: readonly InboxItem[]
  readonly unseen: number
  readonly unread: number
  readonly hasMore: boolean
  /** `false` until the list was read for the first time. */
  readonly isLoaded: boolean
  /** `false` while live messages can't come: news are then seen when the list is read the next time. */
  readonly isLive: boolean
  /** The reason why the last request failed; absent once one has succeeded. It is tried again by itself. */
  readonly error: unknown
}

export interface InboxClient {
  view: () => InboxView
  /** Calls back after each change; the returned function ends it. */
  onChange: (listener: () => void) => () => void
  start: () => void
  close: () => void
  /** Marks items, or all, at once for the user, and then at the service. */
  mark: (which: readonly string[] | 'all', as: Mark) => void
  /** Reads older items. */
  more: () => void
  /** Looks now whether there is anything new. */
  refresh: () => void
  /** Does now what would be done later: call it when the machine wakes up or its network comes back. */
  wake: () => void
}

/** Live messages may be lost on a connection that lives on: the list is looked at again from time to time. */
const MIN_REFRESH_MS = 600_000
const MAX_REFRESH_MS = 900_000
/** Ids that one request may have. */
const MAX_IDS = 100

/**
 * Builds a client of an inbox.
 *
 * @throws TypeError for URLs that can't be used.
 */
export function createInboxClient(options: InboxClientOptions): InboxClient {
  const { clock = SYSTEM_CLOCK, random = Math.random } = options
  const closed = new AbortController()
  const { signal } = closed
  const listeners = new Set<() => void>()
  let state = EMPTY_INBOX
  let isLive = false
  let error: unknown
  let isStarted = false
  let view: InboxView | undefined

  function change(make: () => void): void {
    make()
    view = undefined
    for (const listener of [...listeners]) listener()
  }

  function dispatch(event: InboxEvent): void {
    const next = reduceInbox(state, event)
    if (next === state || signal.aborted) return
    change(() => {
      state = next
    })
  }

  const api = createInboxApi(createCallHttp({ ...completed(options), clock }), options.user)
  const sync = createSync({
    ...{ api, dispatch, clock, random, signal, state: () => state },
    onError(reason) {
      if (reason === error) return
      change(() => {
        error = reason
      })
    },
  })
  const live = createLive({
    ...{ clock, random, signal },
    open: createOpenSocket({
      getTicket: api.ticket,
      webSocketUrl: options.webSocketUrl,
      WebSocket: options.WebSocket ?? globalThis.WebSocket,
      clock,
    }),
    onFrame(frame) {
      dispatch(eventOf(frame))
      sync.nudge('soon')
    },
    onOpen: () => doubt(),
    onStatus(isConnected) {
      if (isConnected !== isLive)
        change(() => {
          isLive = isConnected
        })
    },
  })

  function doubt(): void {
    dispatch({ type: 'doubted' })
    sync.nudge()
  }

  async function refreshLater(): Promise<void> {
    for (;;) {
      await pause(clock, MIN_REFRESH_MS + random() * (MAX_REFRESH_MS - MIN_REFRESH_MS), signal)
      doubt()
    }
  }

  return {
    view() {
      view ??= viewOf(state, { isLive, error })
      return view
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start() {
      if (isStarted) return
      isStarted = true
      sync.nudge()
      void live.run()
      refreshLater().catch(() => {})
    },
    close() {
      listeners.clear()
      closed.abort(new DOMException('The inbox was closed.', 'AbortError'))
    },
    mark(which, as) {
      const at = new Date(clock.now()).toISOString()
      const parts = which === 'all' ? [which] : chunks(which, MAX_IDS)
      for (const part of parts) dispatch({ type: 'asked', which: part, as, at })
      sync.nudge()
    },
    more: sync.more,
    refresh: doubt,
    wake() {
      live.wake()
      doubt()
    },
  }
}

function viewOf(state: InboxState, { isLive, error }: Pick<InboxView, 'isLive' | 'error'>): InboxView {
  const { items, counts } = shown(state)
  return { items, ...counts, hasMore: state.nextCursor !== null, isLoaded: state.isLoaded, isLive, error }
}

function eventOf(frame: Exclude<ServerFrame, { t: 'ack' }>): InboxEvent {
  if (frame.t === 'inbox') return { type: 'arrived', item: frame.item }
  return { type: 'counted', counts: { unseen: frame.unseen, unread: frame.unread } }
}

/** @throws TypeError for URLs that can't be used. */
function completed({ url, webSocketUrl, getToken, fetch }: InboxClientOptions) {
  requireUrl('url', url, /^https?:\/\//)
  requireUrl('webSocketUrl', webSocketUrl, /^wss?:\/\//)
  return {
    url: url.replace(/\/+$/, ''),
    getToken,
    // Looked up at each call, and called without a receiver, as browsers ask for.
    fetch:
      fetch ?? ((input: Parameters<typeof globalThis.fetch>[0], init?: RequestInit) => globalThis.fetch(input, init)),
  }
}

function requireUrl(name: string, url: string, scheme: RegExp): void {
  if (!scheme.test(url) || !URL.canParse(url)) throw new TypeError(`${name} must match ${scheme}, not ${url}`)
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
