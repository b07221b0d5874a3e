import { InboxUnavailable } from './errors.ts'
import type { CallHttp } from './http.ts'
import type { ReadList } from './inbox-state.ts'
import type { Marking } from './marks.ts'
import { isCounts, isObject, isPage } from './parse.ts'
import type { InboxCounts, InboxItem, InboxPage } from './resources.ts'

/** The requests of an inbox. They reject as `CallHttp` does. */
export interface InboxApi {
  /** Reads the newest items, `count` of them or a page more; `unchanged` since the tag. */
  list: (query: { count: number; etag: string | undefined }, signal: AbortSignal) => Promise<ReadList | 'unchanged'>
  /** Reads the page that a cursor leads to. */
  more: (cursor: string, signal: AbortSignal) => Promise<{ page: InboxPage; etag: string | undefined }>
  mark: (marking: Marking, signal: AbortSignal) => Promise<InboxCounts>
  ticket: (signal: AbortSignal) => Promise<string>
}

const PAGE_SIZE = 25
const MAX_PAGE_SIZE = 100

export function createInboxApi(call: CallHttp, user: string): InboxApi {
  const path = `/v1/users/${encodeURIComponent(user)}/inbox`

  async function readPage(
    query: { limit: number; cursor?: string | null | undefined; etag?: string | undefined },
    signal: AbortSignal,
  ) {
    const { limit, cursor, etag: known } = query
    const search = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) })
    const { json, etag } = await call({ method: 'GET', path: `${path}?${search}`, etag: known, signal })
    if (json === undefined) return 'unchanged'
    if (!isPage(json)) throw new InboxUnavailable('bad-answer', 'What answered is not the inbox.')
    return { page: json, etag }
  }

  return {
    async list({ count, etag }, signal) {
      const limit = Math.min(MAX_PAGE_SIZE, Math.max(PAGE_SIZE, count))
      const first = await readPage({ limit, etag }, signal)
      if (first === 'unchanged') return first
      const items: InboxItem[] = [...first.page.items]
      let { nextCursor } = first.page
      let isMixed = false
      // A page may hold fewer than its limit, even none, and not be the last.
      while (nextCursor !== null && items.length < Math.max(PAGE_SIZE, count)) {
        const next = await readPage({ limit, cursor: nextCursor }, signal)
        if (next === 'unchanged') break
        items.push(...next.page.items)
        nextCursor = next.page.nextCursor
        isMixed ||= next.etag !== first.etag
      }
      return { page: { ...first.page, items, nextCursor }, etag: first.etag, isMixed }
    },
    async more(cursor, signal) {
      const read = await readPage({ limit: PAGE_SIZE, cursor }, signal)
      if (read === 'unchanged') throw new InboxUnavailable('bad-answer', 'What answered is not the inbox.')
      return read
    },
    async mark({ which, as }, signal) {
      const body = which === 'all' ? { all: true, as } : { ids: which, as }
      const { json } = await call({ method: 'POST', path: `${path}/mark`, body, signal })
      if (!isCounts(json)) throw new InboxUnavailable('bad-answer', 'What answered is not the inbox.')
      return { unseen: json.unseen, unread: json.unread }
    },
    async ticket(signal) {
      const { json } = await call({ method: 'POST', path: '/v1/ws-ticket', signal })
      if (isObject(json) && typeof json.ticket === 'string') return json.ticket
      throw new InboxUnavailable('bad-answer', 'The service gave no ticket.')
    },
  }
}
