import { ChatUnavailable } from './errors.ts'
import type { CallHttp } from './http.ts'
import { isObject } from './parse-frame.ts'
import type { Rooms } from './rooms.ts'

export interface RoomList {
  /**
   * Reads the list of rooms, which is ordered by activity, until a page has nothing newer than the list before, and
   * tells `rooms` of each.
   *
   * @returns rooms that are known and missing in a list that was read to its end: the user may have left them.
   * @throws what `CallHttp` throws.
   */
  read: (signal: AbortSignal) => Promise<string[]>
}

/** Pages of a list: 1,000 rooms a user, of which no page has fewer than 10. */
const MAX_PAGES = 100

/**
 * Compares with the heads that were known when the list before was begun, and with those that it had. The heads of now
 * would not do: live events may have raised those of all rooms on the first page, and a room that was active while this
 * client was away would hide behind them.
 */
export function createRoomList({ call, rooms }: { call: CallHttp; rooms: Rooms }): RoomList {
  let known = new Map<string, number>()

  return {
    async read(signal) {
      const atStart = rooms.heads()
      const removals = rooms.removals()
      const listed = new Map<string, number>()
      let cursor: string | null = null
      for (let page = 0; page < MAX_PAGES; page++) {
        const { items, nextCursor } = pageOf(await call({ method: 'GET', path: pathOf(cursor), signal }))
        for (const { id, head } of items) listed.set(id, head)
        for (const item of items) rooms.list(item, removals)
        cursor = nextCursor
        if (cursor === null || !items.some(({ id, head }) => head > (known.get(id) ?? -1))) break
      }
      known = new Map([...atStart, ...listed])
      return cursor === null ? [...atStart.keys()].filter((room) => !listed.has(room)) : []
    },
  }
}

function pathOf(cursor: string | null): string {
  return cursor === null ? '/v1/rooms' : `/v1/rooms?cursor=${encodeURIComponent(cursor)}`
}

interface ListPage {
  items: { id: string; head: number }[]
  nextCursor: string | null
}

function pageOf(answer: unknown): ListPage {
  if (!isObject(answer) || !Array.isArray(answer.items) || !answer.items.every(isListed)) {
    throw new ChatUnavailable('bad-answer', 'What answered is not the chat.')
  }
  const { items, nextCursor } = answer
  return { items, nextCursor: typeof nextCursor === 'string' ? nextCursor : null }
}

function isListed(item: unknown): boolean {
  return isObject(item) && typeof item.id === 'string' && Number.isSafeInteger(item.head)
}
