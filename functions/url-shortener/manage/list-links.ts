import type { Clock } from '../../shared/clock.ts'
import { type Link, type LinkState, type LinkStatus, linkStatus } from '../domain/link.ts'

/** The position after which a list continues: the last link that was examined. */
export interface LinkPosition {
  readonly createdAt: string
  readonly code: string
}

export interface ListLinksInput {
  tenant: string
  limit: number
  after?: LinkPosition | undefined
  tag?: string | undefined
  /** A part of url, title or code, in any case. */
  q?: string | undefined
  status?: LinkStatus | undefined
}

export interface LinkPage {
  states: LinkState[]
  /** The start of the next page; absent on the last one. */
  next?: LinkPosition
}

export interface ListLinksDeps {
  /** Reads links of a tenant, newest first, at most `limit`. */
  readPage: (
    query: { tenant: string; after: LinkPosition | undefined; limit: number },
    signal: AbortSignal,
  ) => Promise<{ links: Link[]; more: boolean }>
  /** Reads the details and counters of links. */
  readStates: (links: readonly Link[], options: { consistent: boolean; signal: AbortSignal }) => Promise<LinkState[]>
  now: Clock
}

/** The largest number of links that one call reads, which bounds the cost of a filter that matches few. */
export const MAX_READ = 1000
const PAGE = 100

export type ListLinks = (input: ListLinksInput, signal: AbortSignal) => Promise<LinkPage>

/** Filters while it reads: a page may have fewer links than requested, even none, and still be followed by another. */
export function listLinks({ readPage, readStates, now }: ListLinksDeps): ListLinks {
  return async ({ tenant, limit, after, ...filter }, signal) => {
    const found: LinkState[] = []
    const isFiltered = Object.values(filter).some((value) => value !== undefined)
    let position = after
    for (let read = 0; read < MAX_READ; ) {
      // Without a filter it reads one link more than needed, to find out whether there is a next page.
      const useful = isFiltered ? PAGE : Math.min(PAGE, limit - found.length + 1)
      const page = await readPage({ tenant, after: position, limit: Math.min(useful, MAX_READ - read) }, signal)
      const matching = page.links.filter((link) => matches(link, filter))
      // A status may depend on a counter: only without a filter by status the number of needed links is known.
      const wanted = filter.status === undefined ? matching.slice(0, limit - found.length) : matching
      for (const state of await readStates(wanted, { consistent: false, signal })) {
        const { link, clicks } = state
        if (filter.status === undefined || linkStatus(link, now(), clicks) === filter.status) found.push(state)
        const isLast = link === page.links.at(-1) && !page.more
        if (found.length === limit) return { states: found, ...(!isLast && { next: positionOf(link) }) }
      }
      // A page without links has no position to continue from: another read would return the same.
      const last = page.links.at(-1)
      if (!page.more || !last) return { states: found }
      position = positionOf(last)
      read += page.links.length
    }
    return { states: found, ...(position && { next: position }) }
  }
}

function positionOf({ createdAt, code }: Link): LinkPosition {
  return { createdAt, code }
}

function matches(link: Link, { tag, q }: Pick<ListLinksInput, 'tag' | 'q'>): boolean {
  if (tag !== undefined && !link.tags.includes(tag)) return false
  const needle = q?.toLowerCase()
  return (
    needle === undefined || [link.url, link.title ?? '', link.code].some((text) => text.toLowerCase().includes(needle))
  )
}
