import { createChatClient } from '../../../clients/chat/src/chat-client.ts'
import { LOG_EVENTS } from '../../../clients/chat/src/chat-events.ts'
import { CommitFailed } from '../../../clients/chat/src/errors.ts'
import type { Committed } from '../../../clients/chat/src/room-queue.ts'
import { createRoomView, type RoomView } from '../../../clients/chat/src/room-view.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import { comparable, type FoldedMessage } from '../store/fold.ts'
import { fastClock } from './fast-time.ts'
import type { ClientHistory, CommitAttempt } from './history.ts'
import type { Service } from './service.ts'

export interface TalkerOptions {
  user: string
  rooms: readonly string[]
  service: Pick<Service, 'WebSocket'>
  fetch: typeof fetch
  random: Random
}

/** A user with the real client, who does things at random, and keeps what came of them. */
export interface Talker {
  readonly user: string
  /** Sends, edits, deletes or reacts, and waits for the outcome. */
  act: () => Promise<void>
  /** Resolves when every commit has an outcome. */
  settled: () => Promise<unknown>
  attempts: (room: string) => readonly CommitAttempt[]
  view: (room: string) => RoomView
  history: (room: string) => Pick<ClientHistory, 'user' | 'told' | 'shown' | 'hasLeft'>
  close: () => void
}

const EMOJI = ['👍', '🎉']
const PAGE_SIZE = 500

export function createTalker({ user, rooms, service, fetch, random }: TalkerOptions): Talker {
  const client = createChatClient({
    url: 'https://chat.example',
    webSocketUrl: 'wss://socket.example',
    token: user,
    fetch,
    WebSocket: service.WebSocket,
    clock: fastClock,
    random,
  })
  const told = new Map(rooms.map((room) => [room, [] as ClientHistory['told'][number][]]))
  for (const type of LOG_EVENTS) {
    client.on(type, ({ room, seq, user: by, cid }) => void told.get(room)?.push({ seq, type, by, cid }))
  }
  client.on('start', ({ room, position }) => void told.get(room)?.push({ start: position }))
  const viewOf = (room: string) => createRoomView({ chat: client, room, user, pageSize: PAGE_SIZE })
  const views = new Map(rooms.map((room) => [room, viewOf(room)]))
  const attempts = new Map(rooms.map((room) => [room, [] as CommitAttempt[]]))
  const running: (Promise<void> | undefined)[] = []
  let count = 0
  client.start()

  const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)]

  function begin(room: string): { cid: string; committed: Promise<Committed> } {
    const base = { room, cid: `${user}-${++count}` }
    const messages = views.get(room)?.messages() ?? []
    const [own, any] = [pick(messages.filter((message) => message.user === user)), pick(messages)]
    const chance = random()
    if (chance < 0.2 && own)
      return { cid: base.cid, committed: client.edit({ ...base, target: own.seq, body: `Edit ${count}` }) }
    if (chance < 0.3 && own) return { cid: base.cid, committed: client.delete({ ...base, target: own.seq }) }
    if (chance < 0.55 && any) {
      const fields = { ...base, target: any.seq, emoji: pick(EMOJI) ?? '', remove: random() < 0.3 }
      return { cid: base.cid, committed: client.react(fields) }
    }
    return { cid: base.cid, committed: client.send({ ...base, body: `Message ${count} of ${user}` }) }
  }

  async function attempt(room: string): Promise<void> {
    const { cid, committed } = begin(room)
    const outcome = await committed.then(
      ({ seq, dup }) => ({ verdict: 'acked', seq, dup }) as const,
      (error) => outcomeOf(error),
    )
    attempts.get(room)?.push({ user, cid, outcome })
  }

  return {
    user,
    async act() {
      const room = pick(rooms)
      const acting = room === undefined ? undefined : attempt(room)
      running.push(acting)
      await acting
    },
    settled: () => Promise.all(running),
    attempts: (room) => attempts.get(room) ?? [],
    view: (room) => need(views.get(room)),
    history: (room) => ({
      user,
      told: told.get(room) ?? [],
      shown: need(views.get(room)).messages().map(toFolded),
      hasLeft: client.positions()[room] === undefined,
    }),
    close() {
      for (const view of views.values()) view.close()
      client.close()
    },
  }
}

function need<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('There is no such room')
  return value
}

function outcomeOf(error: unknown): CommitAttempt['outcome'] {
  if (!(error instanceof CommitFailed)) throw error
  return error.outcome === 'unknown' ? { verdict: 'unknown' } : { verdict: 'refused', code: error.code }
}

function toFolded({
  mine,
  threadRoot,
  editedAt,
  deleted,
  ...message
}: ReturnType<RoomView['messages']>[number]): FoldedMessage {
  const root = threadRoot ?? undefined
  return comparable({
    ...message,
    mine: mine ?? [],
    ...(root !== undefined && { threadRoot: root }),
    ...(editedAt && { editedAt }),
    ...(deleted && { deleted }),
  })
}
