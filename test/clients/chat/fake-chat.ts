import { type AnyFrame, type FakeSocket, fakeWebSocket } from '../../support/fake-socket.ts'
import { commitFrame, type EventContent, type FakeLog, fakeLog, resumeFrames } from './fake-log.ts'

/** The user of the client. */
export const ME = 'ann'

export interface HttpRequest {
  method: string
  url: URL
  token: string | null
  redirect: string | undefined
}

/** A chat in memory that can be told to misbehave. */
export interface FakeChat {
  readonly log: FakeLog
  /** Connections that were opened, in order. */
  readonly sockets: FakeSocket[]
  readonly requests: HttpRequest[]
  readonly WebSocket: new (url: string) => FakeSocket
  readonly fetch: typeof fetch
  /** Commits an event of any user and sends it to all connections. */
  commit: (room: string, content: EventContent, user?: string) => number
  /** Sends an event of a room's log, whatever was sent before. */
  deliver: (socket: FakeSocket, room: string, ...seqs: number[]) => void
  /** The newest open connection. */
  socket: () => FakeSocket
  /** Frames of an action, over all connections. */
  frames: (action: string) => AnyFrame[]
  /** Answers frames instead of the chat: an ack, `undefined` for none, or `pass` to let the chat answer. */
  answer: (frame: AnyFrame, socket: FakeSocket) => AnyFrame | undefined | 'pass'
  /** Answers HTTP requests instead of the chat. */
  respond: (request: HttpRequest) => Response | Promise<Response> | undefined
  acceptsUpgrades: boolean
  answersUpgrades: boolean
  /** Connections whose upgrade was not answered. */
  readonly unanswered: FakeSocket[]
  /** Events beyond which `resume` is limited. */
  maxMissed: number
  /** Rooms a page of the list. */
  pageSize: number
}

export function fakeChat(): FakeChat {
  const tickets = new Set<string>()
  const log = fakeLog()
  const watched = new Map<FakeSocket, string[]>()

  const chat: FakeChat = {
    log,
    sockets: [],
    requests: [],
    acceptsUpgrades: true,
    answersUpgrades: true,
    unanswered: [],
    maxMissed: 1000,
    pageSize: 20,
    answer: () => 'pass',
    respond: () => undefined,
    socket() {
      const open = chat.sockets.filter((socket) => socket.isOpen()).at(-1)
      if (!open) throw new Error('There is no open connection.')
      return open
    },
    frames: (action) => chat.sockets.flatMap(({ received }) => received.filter((frame) => frame.action === action)),
    commit(room, content, user = 'bob') {
      const { event } = log.commit(room, user, content)
      broadcast(room, event.seq)
      return event.seq
    },
    deliver(socket, room, ...seqs) {
      const events = seqs.map((seq) => log.room(room).events.find((event) => event.seq === seq))
      socket.push({ t: 'events', room, events })
    },
    WebSocket: fakeWebSocket({
      accept(socket) {
        if (!chat.answersUpgrades) {
          chat.unanswered.push(socket)
          return 'no-answer'
        }
        const isValid = tickets.delete(socket.url.searchParams.get('ticket') ?? '') && chat.acceptsUpgrades
        if (isValid) chat.sockets.push(socket)
        return isValid
      },
      receive(socket, frame) {
        const given = chat.answer(frame, socket)
        const ack = given === 'pass' ? act(socket, frame) : given
        if (ack) socket.push(ack)
      },
    }),
    async fetch(input, init) {
      const request = {
        method: init?.method ?? 'GET',
        url: new URL(String(input)),
        redirect: init?.redirect,
        token: new Headers(init?.headers).get('authorization'),
      }
      chat.requests.push(request)
      return (await chat.respond(request)) ?? Response.json(...answerHttp(request))
    },
  }

  function broadcast(room: string, seq: number): void {
    for (const socket of chat.sockets) if (socket.isOpen()) chat.deliver(socket, room, seq)
  }

  function act(socket: FakeSocket, frame: AnyFrame): AnyFrame {
    const ack = { t: 'ack', id: frame.id, ok: true }
    switch (frame.action) {
      case 'ping':
        return { ...ack, heads: Object.fromEntries((watched.get(socket) ?? []).map((id) => [id, log.room(id).head()])) }
      case 'watch':
        watched.set(socket, frame.rooms)
        return ack
      case 'resume':
        for (const [room, after] of Object.entries<number>(frame.rooms)) {
          for (const answer of resumeFrames(log.room(room), after, chat.maxMissed)) socket.push(answer)
        }
        return ack
      case 'read':
      case 'typing':
        return ack
      default:
        return commit(frame)
    }
  }

  function commit(frame: AnyFrame): AnyFrame {
    const answer = commitFrame(log, ME, frame)
    if (answer.ok && !answer.dup) broadcast(frame.room, Number(answer.seq))
    return answer
  }

  function answerHttp({ url: { pathname, searchParams } }: HttpRequest): [object, ResponseInit] {
    if (pathname === '/v1/ws-ticket') {
      const ticket = `ticket-${chat.requests.length}`
      tickets.add(ticket)
      return [{ ticket, expiresInSeconds: 60 }, { status: 201 }]
    }
    const [, , , id = '', list] = pathname.split('/')
    if (list === 'events') {
      const { events, floor } = log.room(id)
      const after = Math.max(Number(searchParams.get('after')), floor - 1)
      const items = events.filter(({ seq }) => seq > after).slice(0, Number(searchParams.get('limit')))
      return [{ items, nextCursor: null }, { status: 200 }]
    }
    if (id) return [summary(id), { status: 200 }]
    const rooms = log.rooms().filter(({ isMine }) => isMine)
    const start = Number(searchParams.get('cursor'))
    const items = rooms.slice(start, start + chat.pageSize).map((room) => summary(room.id))
    const next = start + chat.pageSize
    return [{ items, nextCursor: next < rooms.length ? String(next) : null }, { status: 200 }]
  }

  const summary = (id: string) => ({ id, head: log.room(id).head() })

  return chat
}
