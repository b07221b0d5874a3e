import type { ChatClient } from './chat-client.ts'
import { LOG_EVENTS } from './chat-events.ts'
import type { RoomEvent } from './frames.ts'
import type { PendingCommit } from './outbox.ts'
import { isObject } from './parse-frame.ts'
import type { MessageQuery } from './read-messages.ts'
import type { Message } from './resources.ts'
import { applyEvent, fromEvent, type Shown } from './shown-message.ts'

export interface RoomViewOptions {
  chat: Pick<ChatClient, 'on' | 'messages' | 'call' | 'positions' | 'pending'>
  room: string
  /** The user of this client, as the service names it. */
  user: string
  /** Messages that are loaded at once. @default 50 */
  pageSize?: number
}

/** `failed`: the newest messages could not be loaded, and `load` may be tried again. `left`: the user is no member. */
export type ViewStatus = 'loading' | 'ready' | 'failed' | 'left'

/** A room as people see it: messages with their edits, deletions and reactions applied, kept up to date. */
export interface RoomView {
  status: () => ViewStatus
  /** Ascending by `seq`, from the oldest that was loaded. */
  messages: () => readonly Message[]
  /** This client's commits that aren't among the messages yet. */
  pending: () => readonly PendingCommit[]
  hasOlder: () => boolean
  /** Loads the newest messages. A new view has begun that by itself. */
  load: () => Promise<void>
  /** @throws ChatProblem or ChatUnavailable */
  loadOlder: () => Promise<void>
  onChange: (listener: () => void) => () => void
  close: () => void
}

/** Keeps a view of a room. It listens before it reads, so what happens meanwhile isn't lost. */
export function createRoomView({ chat, room, user, pageSize = 50 }: RoomViewOptions): RoomView {
  const shown = new Map<number, Shown>()
  const listeners = new Set<() => void>()
  /** Events that were delivered while pages were being read. */
  let recent: RoomEvent[] = []
  /** Messages that have to be read again, because the last try failed. */
  const outdated = new Set<number>()
  let reading = 0
  let hasOlder = true
  let status: ViewStatus = 'loading'
  /** Aborted when what is being read is no part of the room's present. */
  let present = new AbortController()

  const changed = () => {
    for (const listener of [...listeners]) listener()
  }

  function report(next: ViewStatus): void {
    status = next
    changed()
  }

  function restart(): void {
    present.abort()
    present = new AbortController()
  }

  function apply(seq: number, event: RoomEvent): void {
    const before = shown.get(seq)
    if (!before) return
    const { shown: after, isStale } = applyEvent(before, event, user)
    shown.set(seq, after)
    if (isStale) refresh(seq)
  }

  function take(event: RoomEvent): void {
    if (reading > 0) recent.push(event)
    if (event.type === 'message' && !shown.has(event.seq)) shown.set(event.seq, fromEvent(event))
    if ('target' in event) apply(event.target, event)
    refreshOutdated()
    changed()
  }

  /** Reads a page, and tells between which events it was read. */
  async function read(query: MessageQuery, use: (page: Shown[], isLast: boolean) => void): Promise<void> {
    const { signal } = present
    const since = chat.positions()[room] ?? 0
    reading += 1
    try {
      const { items, nextCursor } = await chat.messages(room, query)
      const upTo = headOf(await chat.call({ method: 'GET', path: `/v1/rooms/${encodeURIComponent(room)}` }))
      if (signal.aborted) return
      use(
        items.map((message) => ({ message, since, upTo })),
        nextCursor === null,
      )
      for (const { seq } of items) replay(seq)
    } finally {
      reading -= 1
      if (reading === 0) recent = []
    }
    changed()
  }

  function replay(target: number): void {
    for (const event of recent) if ('target' in event && event.target === target) apply(target, event)
  }

  function refresh(seq: number): void {
    const replace = ([message]: Shown[]) => {
      if (message?.message.seq === seq) shown.set(seq, message)
    }
    read({ after: seq - 1, limit: 1 }, replace).catch(() => outdated.add(seq))
  }

  /** Reads again what could not be read: with the room's next event, or the next connection. */
  function refreshOutdated(): void {
    const again = [...outdated]
    outdated.clear()
    for (const seq of again) refresh(seq)
  }

  function add(page: Shown[], isLast: boolean): void {
    for (const each of page) if (!shown.has(each.message.seq)) shown.set(each.message.seq, each)
    hasOlder = !isLast
  }

  async function load(): Promise<void> {
    const { signal } = present
    report('loading')
    const outcome = await read({ limit: pageSize }, add).then(
      () => 'ready' as const,
      () => 'failed' as const,
    )
    if (!signal.aborted) report(outcome)
  }

  const isHere = (of: { room: string }) => of.room === room
  const offs = [
    ...LOG_EVENTS.map((type) => chat.on(type, (event) => void (isHere(event) && take(event)))),
    chat.on('pending', (of) => void (isHere(of) && changed())),
    chat.on('state', ({ status: now }) => void (now === 'online' && refreshOutdated())),
    chat.on('start', (start) => {
      if (!isHere(start)) return
      restart()
      shown.clear()
      outdated.clear()
      load().catch(() => {})
    }),
    chat.on('removed', (removed) => {
      if (!isHere(removed)) return
      restart()
      report('left')
    }),
  ]
  load().catch(() => {})

  return {
    status: () => status,
    messages: () => [...shown.values()].map(({ message }) => message).sort((a, b) => a.seq - b.seq),
    pending: () => chat.pending(room).filter(({ action }) => action === 'send'),
    hasOlder: () => hasOlder,
    load,
    loadOlder: () => read({ before: Math.min(...shown.keys()), limit: pageSize }, add),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      present.abort()
      for (const off of offs) off()
      listeners.clear()
    },
  }
}

function headOf(room: unknown): number {
  return isObject(room) && Number.isSafeInteger(room.head) ? Number(room.head) : Number.POSITIVE_INFINITY
}
