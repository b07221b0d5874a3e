import { afterMarkings, type Contents, countOf, isSame, type Marking, marked, plus } from './marks.ts'
import type { InboxCounts, InboxItem, InboxPage, Mark } from './resources.ts'

/**
 * The state of an inbox. The service's lists are the truth; live messages may come late, twice, in any order or not at
 * all. They show news at once, and where they don't fit what is known, the list is asked for again (`isStale`).
 *
 * Requests run one by one, so that a list never crosses a mark.
 */
export interface InboxState extends Contents {
  /** Items as the service has them, by id. */
  readonly items: ReadonlyMap<string, InboxItem>
  /** Counts as the service has them, as far as is known. */
  readonly counts: InboxCounts
  /** Changes that the service has not confirmed, in the order of asking. */
  readonly pending: readonly Marking[]
  /** The first pending change was sent: the service may have made it already. */
  readonly isSending: boolean
  /** The service may have something that is not here. */
  readonly isStale: boolean
  /** The items that were known when the list was asked for; absent while no list is under way. */
  readonly asked: ReadonlySet<string> | undefined
  /** The last list of the service, and the tag by which it can say later that nothing has changed since. */
  readonly confirmed: ({ readonly etag: string } & Contents) | undefined
  /** The greatest id that was ever here. */
  readonly newest: string
  readonly nextCursor: string | null
  /** A list was read at least once. */
  readonly isLoaded: boolean
}

/** A list as it was read: its first pages, the tag of the first, and whether the inbox changed between them. */
export interface ReadList {
  readonly page: InboxPage
  readonly etag: string | undefined
  readonly isMixed: boolean
}

export type InboxEvent =
  /** A live message brought an item. */
  | { readonly type: 'arrived'; readonly item: InboxItem }
  /** A live message brought the counts of some moment. */
  | { readonly type: 'counted'; readonly counts: InboxCounts }
  /** The user asked for a change. */
  | { readonly type: 'asked'; readonly which: Marking['which']; readonly as: Mark; readonly at: string }
  | { readonly type: 'mark-sent' }
  /** The service made the first pending change, and these were the counts then. */
  | { readonly type: 'mark-done'; readonly counts: InboxCounts }
  /** The service refused the first pending change, or never confirmed it. */
  | { readonly type: 'mark-given-up' }
  | { readonly type: 'list-asked' }
  | ({ readonly type: 'list-read' } & ReadList)
  | { readonly type: 'list-unchanged' }
  | { readonly type: 'list-failed' }
  /** The next page. */
  | { readonly type: 'more-read'; readonly page: InboxPage; readonly etag: string | undefined }
  /** Something may have been missed, as after a connection was lost. */
  | { readonly type: 'doubted' }

export const EMPTY_INBOX: InboxState = {
  items: new Map(),
  counts: { unseen: 0, unread: 0 },
  pending: [],
  isSending: false,
  isStale: true,
  asked: undefined,
  confirmed: undefined,
  newest: '',
  nextCursor: null,
  isLoaded: false,
}

/** Returns the state after an event. */
export function reduceInbox(state: InboxState, event: InboxEvent): InboxState {
  switch (event.type) {
    case 'arrived':
      return arrived(state, event.item)
    case 'counted':
      return counted(state, event.counts)
    case 'asked':
      return asked(state, event)
    case 'mark-sent':
      return { ...state, isSending: true }
    case 'mark-done':
      return markDone(state, event.counts)
    case 'mark-given-up':
      return { ...state, pending: state.pending.slice(1), isSending: false, isStale: true }
    case 'list-asked':
      return { ...state, isStale: false, asked: new Set(state.items.keys()) }
    case 'list-read':
      return listRead(state, event)
    case 'list-unchanged':
      return state.confirmed ? settled(state, state.confirmed) : { ...state, asked: undefined, isStale: true }
    case 'list-failed':
      return { ...state, asked: undefined, isStale: true }
    case 'more-read':
      return moreRead(state, event)
    case 'doubted':
      return { ...state, isStale: true }
  }
}

/** Returns what the user sees: changes count as made as soon as they are asked for. */
export function shown(state: InboxState): { items: readonly InboxItem[]; counts: InboxCounts } {
  const { items, counts } = afterMarkings(state, state.pending)
  const listed = [...items.values()].filter(({ archivedAt }) => archivedAt === null)
  return { items: listed.sort((a, b) => (a.id < b.id ? 1 : -1)), counts }
}

function arrived(state: InboxState, item: InboxItem): InboxState {
  const isDuring = state.isStale || state.asked !== undefined
  if (state.items.has(item.id)) return { ...state, isStale: isDuring }
  const items = new Map(state.items).set(item.id, item)
  // An item that is older than others comes late: it may have been here, and archived since.
  const isStale = isDuring || item.id <= state.newest
  return { ...state, items, counts: plus(state.counts, countOf(item)), isStale, newest: later(state.newest, items) }
}

function counted(state: InboxState, counts: InboxCounts): InboxState {
  // While a change is under way, both the counts before it and those after it are expected.
  const sent = state.isSending ? state.pending.slice(0, 1) : []
  if (isSame(counts, state.counts) || isSame(counts, afterMarkings(state, sent).counts)) return state
  return { ...state, isStale: true, counts: state.isSending ? state.counts : counts }
}

function asked(state: InboxState, { which, as, at }: { which: Marking['which']; as: Mark; at: string }): InboxState {
  const { items, counts } = afterMarkings(state, state.pending)
  const changes = (id: string) => {
    const item = items.get(id)
    return item !== undefined && marked(item, as, at) !== item
  }
  const known = new Set(items.keys())
  const changing = which === 'all' ? [...known].filter(changes) : [...new Set(which)].filter(changes)
  const isNothing = changing.length === 0 && (which !== 'all' || isNothingLeft(state, { as, counts }))
  if (isNothing) return state
  return {
    ...state,
    pending: [...state.pending, { which: which === 'all' ? which : changing, known, as, at }],
  }
}

function isNothingLeft({ nextCursor }: InboxState, { as, counts }: { as: Mark; counts: InboxCounts }): boolean {
  if (as === 'archived') return nextCursor === null
  return as === 'seen' ? counts.unseen === 0 : counts.unread === 0
}

function markDone(state: InboxState, counts: InboxCounts): InboxState {
  const [done, ...pending] = state.pending
  if (!done) return state
  const expected = afterMarkings(state, [done])
  // Items that aren't known here, and that came meanwhile, may be among all.
  const isDoubtful = done.which === 'all' || !isSame(counts, expected.counts)
  return { ...state, items: expected.items, counts, pending, isSending: false, isStale: state.isStale || isDoubtful }
}

function listRead(state: InboxState, { page, etag, isMixed }: ReadList): InboxState {
  const { unseen, unread, items, nextCursor } = page
  const listed = { items: byId(items), counts: { unseen, unread } }
  return {
    ...settled(state, listed),
    isStale: state.isStale || isMixed,
    confirmed: etag === undefined ? undefined : { ...listed, etag },
    newest: later(state.newest, listed.items),
    nextCursor,
    isLoaded: true,
  }
}

/**
 * Takes over what the service listed. Items that came meanwhile stay. If anything came, nobody knows whether the counts
 * of the list are older or newer: those that are known stay until the next list.
 */
function settled(state: InboxState, { items, counts }: Contents): InboxState {
  const since = [...state.items].filter(([id]) => !state.asked?.has(id))
  return {
    ...state,
    items: new Map([...since, ...items]),
    counts: state.isStale && state.isLoaded ? state.counts : counts,
    asked: undefined,
  }
}

function moreRead(state: InboxState, { page, etag }: { page: InboxPage; etag: string | undefined }): InboxState {
  const { confirmed } = state
  const added = byId(page.items.filter(({ id }) => !state.items.has(id)))
  return {
    ...state,
    items: new Map([...state.items, ...added]),
    ...(confirmed && { confirmed: { ...confirmed, items: new Map([...confirmed.items, ...byId(page.items)]) } }),
    nextCursor: page.nextCursor,
    isStale: state.isStale || etag !== confirmed?.etag,
  }
}

function byId(items: readonly InboxItem[]): ReadonlyMap<string, InboxItem> {
  return new Map(items.map((item) => [item.id, item]))
}

function later(newest: string, items: ReadonlyMap<string, InboxItem>): string {
  return [...items.keys()].reduce((latest, id) => (id > latest ? id : latest), newest)
}
