import { randomUUID } from 'node:crypto'
import type { SocketConstructor } from '../../../clients/chat/src/socket.ts'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { createPostFrames, type Post, type PostFrames } from '../../../functions/chat/post-frames.ts'
import { socketSteps } from '../../../functions/chat/socket-steps.ts'
import type { CommitOptions } from '../../../functions/chat/store/commit.ts'
import { createSocketStore } from '../../../functions/chat/store/socket-store.ts'
import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { SOCKET_METRICS, socketHandler } from '../../../functions/shared/websocket/socket-handler.ts'
import { lambdaContext } from '../../support/events.ts'
import { type SocketEventOptions, socketEvent } from '../../support/socket-events.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { noFiles } from '../no-files.ts'
import { fastNow } from './fast-time.ts'
import { type Faults, faultyPost } from './faults.ts'
import type { ConnectionHistory } from './history.ts'
import { type ServerSocket, socketsTo } from './sockets.ts'

export interface ServiceOptions {
  tenant: string
  store: Omit<CommitOptions, 'forgetDeletedRooms'>
  faults: Faults
  /** Reads the head of a room, without faults. */
  readHead: (room: string) => Promise<number>
  rooms: readonly string[]
}

/** The record of one connection, as far as one room goes. */
interface Sent {
  headAtOpen: number
  delivered: number[]
  resumed: number[]
}

/** The WebSocket API in this process, with the real functions, and the record of all that it sends. */
export interface Service {
  WebSocket: SocketConstructor
  /** Sends the workers' frames. */
  postFrames: PostFrames
  /** Open connections of a user, the oldest first. */
  sockets: (user: string) => ServerSocket[]
  connectionsOf: (id: Pick<RoomId, 'room'>) => ConnectionHistory[]
}

export function createService({ tenant, store, faults, readHead, rooms }: ServiceOptions): Service {
  const { random, startTimer } = store
  const sockets = new Map<string, ServerSocket>()
  const sent = new Map<string, Map<string, Sent>>()
  const behind = new Set<string>()
  const telemetry = silentTelemetry(Date.now)

  /** Creates what posts frames and keeps the numbers of their events. */
  function recordingPost(list: 'delivered' | 'resumed'): Post {
    const post: Post = async (connectionId, frame) => {
      const { room, events = [] } = JSON.parse(frame)
      if (!sockets.get(connectionId)?.push(frame)) return 'gone'
      for (const { seq } of events) sent.get(connectionId)?.get(room)?.[list].push(seq)
      return 'sent'
    }
    return faultyPost(post, faults, random)
  }

  const close = async (connectionId: string) => sockets.get(connectionId)?.cut()
  const common = { random, startTimer, now: Date.now, logger: telemetry.logger }
  const steps = socketSteps({
    ...common,
    store: createSocketStore({ ...store, loadFiles: noFiles }),
    post: recordingPost('resumed'),
    close,
    perSecond: 100_000,
    loadCheckLater: async () => async () => {},
  })
  const metrics = createMetrics({ namespace: 'Test/Chaos', names: SOCKET_METRICS, stack: 'test' })
  // A function that fails counts it; the test's output isn't the place.
  Object.assign(metrics, { addMetric: () => metrics })
  const handler = socketHandler({ ...telemetry, ...steps, metrics })

  async function invoke({ connectionId, user, connectedAt }: ServerSocket, options: SocketEventOptions) {
    const event = socketEvent({ ...options, authorizer: { tenant, user, scopes: 'chat' } })
    Object.assign(event.requestContext, { connectionId, connectedAt })
    return handler(event, lambdaContext())
  }

  async function open(socket: ServerSocket): Promise<void> {
    const { connectionId } = socket
    sockets.set(connectionId, socket)
    const empty = (): Sent => ({ headAtOpen: Number.POSITIVE_INFINITY, delivered: [], resumed: [] })
    const ofRooms = new Map(rooms.map((room) => [room, empty()]))
    sent.set(connectionId, ofRooms)
    const { statusCode } = await invoke(socket, { type: 'CONNECT' })
    if (statusCode !== 200) throw new Error(`The upgrade was refused: ${statusCode}`)
    for (const [room, each] of ofRooms) each.headAtOpen = await readHead(room)
  }

  const WebSocket = socketsTo(
    {
      now: fastNow,
      open,
      receive: async (socket, frame) => String((await invoke(socket, { body: frame })).body),
      closed(socket) {
        if (!faults.hits('disconnectLost')) invoke(socket, { type: 'DISCONNECT' }).catch(() => {})
      },
    },
    () => randomUUID(),
  )
  // A connection that is gone soon stops being one that may not be open yet.
  const postFrames = createPostFrames({ ...common, now: fastNow, post: recordingPost('delivered') })

  return {
    WebSocket,
    async postFrames(recipient, frames, options) {
      const outcome = await postFrames(recipient, frames, options)
      if (outcome !== 'sent') behind.add(recipient.connectionId)
      return outcome
    },
    sockets: (user) => [...sockets.values()].filter((socket) => socket.user === user && socket.isOpen()),
    connectionsOf: ({ room }) =>
      [...sockets.values()].flatMap(({ connectionId, user, isOpen }) => {
        const each = sent.get(connectionId)?.get(room)
        return each ? [{ connectionId, user, isIntact: isOpen() && !behind.has(connectionId), ...each }] : []
      }),
  }
}
