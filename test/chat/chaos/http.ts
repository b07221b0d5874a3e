import { type ListEventsDeps, listEvents } from '../../../functions/chat/history/list-events.ts'
import { listMessages } from '../../../functions/chat/history/list-messages.ts'
import { listRooms } from '../../../functions/chat/rooms/list-rooms.ts'
import { roomView } from '../../../functions/chat/rooms/view.ts'
import { createRoomStore, type RoomStoreOptions } from '../../../functions/chat/store/room-store.ts'

const { signal } = new AbortController()
const NOTHING_UNREAD = { unread: 0, mentions: 0 }

/**
 * Creates the routes that clients use, over the real store, without the edge: tokens and tickets are users' names, and
 * a page holds all that there is.
 */
export function httpOf(tenant: string, options: RoomStoreOptions): typeof fetch {
  const store = createRoomStore(options)
  const history: Omit<ListEventsDeps, 'readMembership'> & typeof store.history = { ...store.history, now: options.now }
  const deps = { ...history, readMembership: store.read }
  const [messages, events] = [listMessages(deps), listEvents(deps)]
  const list = listRooms({ ...store, readUnread: async () => NOTHING_UNREAD })

  async function answer(user: string, url: URL): Promise<object | 'not-member'> {
    const [, , what, room = '', part] = url.pathname.split('/')
    if (what === 'ws-ticket') return { ticket: user, expiresInSeconds: 60 }
    const limit = 1000
    if (room === '') {
      const { items } = await list({ tenant, user, after: undefined, limit }, signal)
      return { items, nextCursor: null }
    }
    const after = url.searchParams.get('after')
    const position = after === null ? undefined : { direction: 'after' as const, seq: Number(after) }
    const id = { tenant, room, user }
    if (part === undefined) {
      const membership = await store.read(id, signal)
      return membership ? roomView(membership, NOTHING_UNREAD) : 'not-member'
    }
    const page = await (part === 'messages'
      ? messages({ ...id, position, limit: Number(url.searchParams.get('limit')) }, signal)
      : events({ ...id, after: position?.seq, limit }, signal))
    return page === 'not-member' ? page : { items: page.items, nextCursor: null }
  }

  return async (input, init) => {
    const user = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? ''
    try {
      const body = await answer(user, new URL(String(input)))
      return body === 'not-member' ? Response.json({ code: 'not-found' }, { status: 404 }) : Response.json(body)
    } catch {
      return Response.json({ code: 'unavailable' }, { status: 503 })
    }
  }
}
