import {
  createInboxClient,
  type InboxClient,
  type InboxClientOptions,
} from '../../../clients/inbox/src/inbox-client.ts'
import type { InboxCounts, InboxItem } from '../../../clients/inbox/src/resources.ts'
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts'
import { type AnyFrame, type FakeSocket, fakeWebSocket } from '../../support/fake-socket.ts'
import { anItem } from './inbox-world.ts'

export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly token: string | null
  readonly ifNoneMatch: string | null
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts its content.
  readonly body: any
}

/** A service in memory with one user's inbox, that can be told to misbehave. */
export interface FakeInbox {
  readonly items: InboxItem[]
  readonly sockets: FakeSocket[]
  readonly requests: HttpRequest[]
  /** Requests of a kind, as in `GET /v1/users/ann/inbox`. */
  readonly asked: (line: string) => HttpRequest[]
  /** Answers instead of the service. */
  respond: (request: HttpRequest) => Response | Promise<Response> | undefined
  acceptsUpgrades: boolean | 'no-answer'
  /** New connections are dead as soon as they are open. */
  diesWhenOpened: boolean
  /** Puts an item into the inbox, and tells the live connections. */
  deliver: (how?: { silently: boolean }) => InboxItem
  socket: () => FakeSocket
  readonly fetch: typeof fetch
  readonly WebSocket: new (url: string) => FakeSocket
}

export const LIST = 'GET /v1/users/ann/inbox'
export const MARK = 'POST /v1/users/ann/inbox/mark'
export const TICKET = 'POST /v1/ws-ticket'

export function fakeInbox(): FakeInbox {
  let revision = 0
  let tickets = 0
  const counts = (): InboxCounts => ({
    unseen: inbox.items.filter(({ seenAt }) => seenAt === null).length,
    unread: inbox.items.filter(({ readAt }) => readAt === null).length,
  })

  function answer({ method, url, ifNoneMatch, body }: HttpRequest): Response {
    const line = `${method} ${url.pathname}`
    if (line === TICKET) {
      tickets += 1
      return Response.json({ ticket: `ticket-${tickets}`, expiresInSeconds: 60 }, { status: 201 })
    }
    if (line === MARK) return mark(body)
    const etag = `"${revision}"`
    if (ifNoneMatch === etag) return new Response(null, { status: 304, headers: { etag } })
    const limit = Number(url.searchParams.get('limit'))
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const items = inbox.items.toReversed().slice(from, from + limit)
    const nextCursor = from + limit < inbox.items.length ? String(from + limit) : null
    return Response.json({ items, nextCursor, ...counts() }, { headers: { etag } })
  }

  function mark({ ids, as }: { ids?: string[]; as: 'seen' | 'read' }): Response {
    revision += 1
    const at = new Date(0).toISOString()
    for (const [index, item] of inbox.items.entries()) {
      const isMeant = ids === undefined || ids.includes(item.id)
      if (isMeant) inbox.items[index] = { ...item, seenAt: at, ...(as === 'read' && { readAt: at }) }
    }
    for (const socket of inbox.sockets) socket.push({ t: 'count', ...counts() })
    return Response.json(counts())
  }

  const inbox: FakeInbox = {
    items: [],
    sockets: [],
    requests: [],
    acceptsUpgrades: true,
    diesWhenOpened: false,
    respond: () => undefined,
    asked: (line) => inbox.requests.filter(({ method, url }) => `${method} ${url.pathname}` === line),
    deliver({ silently } = { silently: false }) {
      revision += 1
      const item = anItem(inbox.items.length + 1)
      inbox.items.push(item)
      const frames: AnyFrame[] = [
        { t: 'inbox', item },
        { t: 'count', ...counts() },
      ]
      if (!silently) for (const socket of inbox.sockets) for (const frame of frames) socket.push(frame)
      return item
    },
    socket() {
      const socket = inbox.sockets.findLast((each) => each.isOpen())
      if (!socket) throw new Error('No connection is open.')
      return socket
    },
    async fetch(input, init = {}) {
      const headers = new Headers(init.headers)
      const request: HttpRequest = {
        method: init.method ?? 'GET',
        url: new URL(String(input)),
        token: headers.get('authorization'),
        ifNoneMatch: headers.get('if-none-match'),
        body: init.body ? JSON.parse(String(init.body)) : undefined,
      }
      inbox.requests.push(request)
      return (await inbox.respond(request)) ?? answer(request)
    },
    WebSocket: fakeWebSocket({
      accept(socket) {
        inbox.sockets.push(socket)
        socket.isDead = inbox.diesWhenOpened
        return inbox.acceptsUpgrades
      },
      receive: (socket, { id }) => socket.push({ t: 'ack', id, ok: true }),
    }),
  }
  return inbox
}

export interface ClientUnderTest {
  readonly client: InboxClient
  readonly inbox: FakeInbox
  readonly clock: FakeClock
  /** Returns the counts of unseen and unread items that the user sees, and their titles. */
  readonly seen: () => unknown[]
}

/** Builds a client of an inbox in memory, on a clock of its own, with the middle of all random ranges. */
export function aClient(options: Partial<InboxClientOptions> = {}, inbox: FakeInbox = fakeInbox()): ClientUnderTest {
  const clock = fakeClock()
  const client = createInboxClient({
    url: 'https://notify.example/',
    webSocketUrl: 'wss://socket.example/live',
    user: 'ann',
    getToken: () => 'a-token',
    random: () => 0.5,
    clock,
    fetch: inbox.fetch,
    WebSocket: inbox.WebSocket,
    ...options,
  })
  const seen = () => {
    const { unseen, unread, items } = client.view()
    return [unseen, unread, ...items.map(({ title }) => title)]
  }
  return { client, inbox, clock, seen }
}

/** The same client, connected and up to date. */
export async function aConnectedClient(
  options: Partial<InboxClientOptions> = {},
  inbox: FakeInbox = fakeInbox(),
): Promise<ClientUnderTest> {
  const under = aClient(options, inbox)
  under.client.start()
  await under.clock.advance(1000)
  if (!under.client.view().isLive) throw new Error('The client is not connected.')
  return under
}
