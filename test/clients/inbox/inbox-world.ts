import {
  EMPTY_INBOX,
  type InboxEvent,
  type InboxState,
  reduceInbox,
  shown,
} from '../../../clients/inbox/src/inbox-state.ts'
import { countOf, type Marking, marked, plus } from '../../../clients/inbox/src/marks.ts'
import type { InboxCounts, InboxItem, InboxPage, Mark } from '../../../clients/inbox/src/resources.ts'

export function anItem(number: number, given: Partial<InboxItem> = {}): InboxItem {
  const id = String(number).padStart(6, '0')
  const marks = { seenAt: null, readAt: null, archivedAt: null }
  return { id, title: `Item ${number}`, body: 'Hello', category: 'news', createdAt: AT, ...marks, ...given }
}

const AT = '2026-03-12T19:03:58.000Z'
const PAGE_SIZE = 3
const MARKS: readonly Mark[] = ['seen', 'read', 'archived']

/** The end of a request that runs in steps, so that anything may happen between two of them. */
type Request = Generator<void, void>

/**
 * A service with the inbox of one user, a device that shows it, and the ways between them: live messages are received in
 * any order or lost, and requests run in steps.
 */
export class InboxWorld {
  state: InboxState = EMPTY_INBOX
  #items: InboxItem[] = []
  #revision = 0
  /** Live messages that are under way. */
  readonly #messages: InboxEvent[] = []
  /** Counts that the service has yet to read and to send, one for each change. */
  #owed = 0
  #request: Request | undefined

  /** A notification is delivered. */
  deliver(): void {
    const item = anItem(this.#items.length + 1)
    this.#items.push(item)
    this.#changed()
    this.#messages.push({ type: 'arrived', item })
  }

  /** Another device of the user marks an item. */
  markElsewhere(pick: number, as: Mark): void {
    const item = at(this.#items, pick)
    if (item) this.#mark({ which: [item.id], as })
  }

  /** The user marks an item that this device shows, or all. */
  mark(pick: number, as: Mark): void {
    const item = at(shown(this.state).items, pick)
    const which = pick % 5 === 0 ? 'all' : item ? [item.id] : []
    this.dispatch({ type: 'asked', which, as, at: AT })
  }

  /** The service reads the counts after a change, and sends them. */
  sendCounts(): void {
    if (this.#owed === 0) return
    this.#owed -= 1
    this.#messages.push({ type: 'counted', counts: this.counts() })
  }

  receive(pick: number): void {
    const [message] = this.#messages.splice(pick % Math.max(1, this.#messages.length), 1)
    if (message) this.dispatch(message)
  }

  lose(pick: number): void {
    this.#messages.splice(pick % Math.max(1, this.#messages.length), 1)
  }

  /** Goes on with the request that is under way, or begins the next one. */
  step(): boolean {
    this.#request ??= this.#nextRequest()
    if (!this.#request) return false
    if (this.#request.next().done) this.#request = undefined
    return true
  }

  /** Fails the request that is under way: what it did at the service stays done. */
  fail(): void {
    if (!this.#request) return
    this.#request = undefined
    if (this.state.asked) this.dispatch({ type: 'list-failed' })
    else if (this.state.isSending) this.dispatch({ type: 'mark-given-up' })
  }

  more(): void {
    if (this.#request || this.state.pending.length > 0 || this.state.nextCursor === null) return
    this.#request = this.#readMore(this.state.nextCursor)
  }

  /** Lets everything arrive that is under way, and all requests end. */
  settle(): void {
    while (this.#owed > 0) this.sendCounts()
    while (this.#messages.length > 0) this.receive(0)
    for (let steps = 0; this.step(); steps++) if (steps > 1000) throw new Error('The requests never end.')
  }

  dispatch(event: InboxEvent): void {
    this.state = reduceInbox(this.state, event)
  }

  /** Returns what the service would list, as far as this device has read the list. */
  listed(): readonly InboxItem[] {
    const { nextCursor } = this.state
    return this.#list().filter(({ id }) => nextCursor === null || id >= nextCursor)
  }

  counts(): InboxCounts {
    return this.#items.reduce((sum, item) => plus(sum, countOf(item)), { unseen: 0, unread: 0 })
  }

  #list(): InboxItem[] {
    return this.#items.filter(({ archivedAt }) => archivedAt === null).reverse()
  }

  #changed(): void {
    this.#revision += 1
    this.#owed += 1
  }

  #mark({ which, as }: Pick<Marking, 'which' | 'as'>): void {
    const isMeant = ({ id }: InboxItem) => which === 'all' || which.includes(id)
    const after = this.#items.map((item) => (isMeant(item) ? marked(item, as, AT) : item))
    if (after.some((item, index) => item !== this.#items[index])) this.#changed()
    this.#items = after
  }

  /** Like the client's own order of requests: changes, then what is stale. */
  #nextRequest(): Request | undefined {
    const [marking] = this.state.pending
    if (marking) return this.#sendMark(marking)
    return this.state.isStale ? this.#readList() : undefined
  }

  *#sendMark(marking: Marking): Request {
    this.dispatch({ type: 'mark-sent' })
    yield
    this.#mark(marking)
    yield
    const counts = this.counts()
    yield
    this.dispatch({ type: 'mark-done', counts })
  }

  *#readList(): Request {
    const { confirmed, items } = this.state
    this.dispatch({ type: 'list-asked' })
    yield
    const [etag, counts] = [String(this.#revision), this.counts()]
    if (etag === confirmed?.etag) {
      yield
      this.dispatch({ type: 'list-unchanged' })
      return
    }
    yield
    const page = this.#page(this.#list(), { counts, size: Math.max(PAGE_SIZE, items.size) })
    yield
    this.dispatch({ type: 'list-read', page, etag, isMixed: false })
  }

  *#readMore(cursor: string): Request {
    yield
    const [etag, counts] = [String(this.#revision), this.counts()]
    yield
    const page = this.#page(
      this.#list().filter(({ id }) => id < cursor),
      { counts, size: PAGE_SIZE },
    )
    yield
    this.dispatch({ type: 'more-read', page, etag })
  }

  #page(list: readonly InboxItem[], { counts, size }: { counts: InboxCounts; size: number }): InboxPage {
    const items = list.slice(0, size)
    return { ...counts, items, nextCursor: list.length > size ? (items.at(-1)?.id ?? null) : null }
  }
}

function at<T>(all: readonly T[], pick: number): T | undefined {
  return all[pick % Math.max(1, all.length)]
}

export function markOf(pick: number): Mark {
  return MARKS[pick % MARKS.length] ?? 'seen'
}
