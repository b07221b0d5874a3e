import type { ChatEvents } from './chat-events.ts'
import { type Commits, createCommits } from './commits.ts'
import { createEmitter, type Emitter } from './emitter.ts'
import { createCallHttp, type HttpCall } from './http.ts'
import { createLine } from './line.ts'
import { type ChatClientOptions, completeOptions } from './options.ts'
import { createOutbox, type PendingCommit } from './outbox.ts'
import { createReadMarkers } from './read-markers.ts'
import { type MessageQuery, readMessages } from './read-messages.ts'
import type { MessagePage } from './resources.ts'
import { createRoomList } from './room-list.ts'
import { createRooms } from './rooms.ts'
import { type ConnectionState, createSession } from './session.ts'
import { createOpenSocket } from './socket.ts'
import { createWatching } from './watching.ts'

export interface ChatClient extends Commits {
  /** Listens to what happens. The returned function ends it. */
  on: Emitter<ChatEvents>['on']
  /** Connects, and stays connected until `close`. */
  start: () => void
  /** Ends for good. Commits without an answer fail with the code `closed`. */
  close: () => void
  /**
   * Tries now what would be tried later: to connect, or to find out whether the connection is alive. Call it when the
   * machine wakes up or its network comes back.
   */
  wake: () => void
  state: () => ConnectionState
  /** Returns how far each room was delivered, for `positions` of a later session. */
  positions: () => Record<string, number>
  /** This client's commits in a room whose events were not delivered yet, in order. */
  pending: (room: string) => readonly PendingCommit[]
  /** Moves the read marker forward, now or with the next connection. */
  read: (room: string, seq: number) => void
  /** Tells others that the user is typing: now, or not at all. */
  typing: (room: string) => void
  /**
   * Replaces the rooms whose presence, typing and read markers are reported; up to 20.
   *
   * @throws RangeError
   */
  watch: (rooms: readonly string[]) => void
  /**
   * Reads messages, ascending by `seq`, with edits, deletions and reactions applied.
   *
   * @throws ChatProblem or ChatUnavailable
   */
  messages: (room: string, query?: MessageQuery) => Promise<MessagePage>
  /**
   * Sends any request to the service, and returns the JSON of its answer.
   *
   * @throws ChatProblem or ChatUnavailable
   */
  call: (call: HttpCall) => Promise<unknown>
}

/**
 * Builds a client of the chat.
 *
 * @throws TypeError for options that can't be used.
 */
export function createChatClient(given: ChatClientOptions): ChatClient {
  const options = completeOptions(given)
  const { clock, random, positions } = options
  const { on, emit } = createEmitter<ChatEvents>(options.onListenerError)
  const call = createCallHttp(options)
  const closed = new AbortController()
  const connection = () => session.line()

  const outbox = createOutbox({
    ...options,
    connection,
    signal: closed.signal,
    position: (room) => rooms.position(room),
    onChange: (room) => emit('pending', { room }),
  })
  const markers = createReadMarkers({ clock, random, connection })
  const watching = createWatching({ clock, random, connection })
  const rooms = createRooms({
    positions,
    onStart(start) {
      emit('start', start)
      // Events up to there are told no more: what this client committed among them is pending no more.
      outbox.delivered(start.room, start.position)
    },
    onArrival: outbox.arrived,
    onEvent(room, event) {
      emit(event.type, { ...event, room } as never)
      outbox.delivered(room, event.seq)
    },
    onRemoved(removed) {
      watching.left(removed.room)
      outbox.left(removed.room)
      emit('removed', removed)
    },
    onGap: (room) => void session.line()?.recover(room),
  })
  const list = createRoomList({ call, rooms })
  const openSocket = createOpenSocket({ ...options, call })
  const session = createSession({
    clock,
    random,
    onState: (state) => emit('state', state),
    onLine(line) {
      // An older connection goes on with what the newer one has not finished.
      for (const room of rooms.behind()) void line.recover(room)
      watching.flush()
      outbox.flush()
      markers.flush()
    },
    open: async (signal) =>
      createLine(await openSocket(signal), {
        clock,
        random,
        call,
        rooms,
        list,
        doubtful: watching.rooms,
        onNotice: ({ t, ...notice }) => emit(t, notice as never),
        onReconnect: (afterMs) => session.reconnect(afterMs),
      }),
  })

  return {
    ...createCommits(outbox),
    on,
    start: session.start,
    close() {
      session.close()
      closed.abort()
    },
    wake: session.wake,
    state: session.state,
    positions: rooms.positions,
    pending: outbox.pending,
    read: markers.move,
    typing: (room) =>
      void connection()
        ?.request('typing', { room })
        .catch(() => {}),
    watch: watching.set,
    messages: (room, query = {}) => readMessages(call, room, query),
    call,
  }
}
