import type { Clock } from '../../shared/clock.ts'
import { type Link, type LinkState, type LinkStatus, linkStatus } from '../domain/link.ts'

/** Where a list goes on: the last link that was looked at. */
export interface LinkPosition {
  readonly createdAt: string
  readonly code: string
}

export interface ListLinksInput {
  tenant: string
  limit: number
  after?: LinkPosition | undefined
  tag?: string | undefined
  /** A part of url, title or code, whatever its case. */
  q?: string | undefined
  status?: LinkStatus | undefined
}

export interface LinkPage {
  states: LinkState[]
  /** Where the next page begins; absent at the end. */
  next?: LinkPosition
}

export interface ListLinksDeps {
  /** Links of a tenant, newest first; `limit` is how many are read at most. */
  readPage: (
    query: { tenant: string; after: LinkPosition | undefined; limit: number },
    signal: AbortSignal,
  ) => Promise<{ links: Link[]; more: boolean }>
  /** What is kept beside links. */
  readStates: (links: readonly Link[], options: { consistent: boolean; signal: AbortSignal }) => Promise<LinkState[]>
  now: Clock
}

/** What one call reads at most, so that a filter that matches little costs no more than this. */
export const MAX_READ = 1000
const PAGE = 100

export type ListLinks = (input: ListLinksInput, signal: AbortSignal) => Promise<LinkPage>

/** Filters while it reads: a page may hold fewer links than asked for, even none, and yet have a next one. */
export function listLinks({ readPage, readStates, now }: ListLinksDeps): ListLinks {
  return async ({ tenant, limit, after, ...filter }, signal) => {
    const found: LinkState[] = []
    const isFiltered = Object.values(filter).some((value) => value !== undefined)
    let position = after
    for (let read = 0; read < MAX_READ; ) {
      // Without a filter, one more than is wanted: it shows whether there is a next page.
      const useful = isFiltered ? PAGE : Math.min(PAGE, limit - found.length + 1)
      const page = await readPage({ tenant, after: position, limit: Math.min(useful, MAX_READ - read) }, signal)
      const matching = page.links.filter((link) => matches(link, filter))
      // What a status is may hang on a counter: only without one it is known how many are needed.
      const wanted = filter.status === undefined ? matching.slice(0, limit - found.length) : matching
      for (const state of await readStates(wanted, { consistent: false, signal })) {
        const { link, clicks } = state
        if (filter.status === undefined || linkStatus(link, now(), clicks) === filter.status) found.push(state)
        const isLast = link === page.links.at(-1) && !page.more
        if (found.length === limit) return { states: found, ...(!isLast && { next: positionOf(link) }) }
      }
      // A page without links has no place to go on from: asked again, it would be the same.
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
