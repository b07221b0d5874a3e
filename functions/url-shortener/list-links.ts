import { type Link, type LinkStatus, linkStatus } from './link.ts'

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
  links: Link[]
  /** Where the next page begins; absent at the end. */
  next?: LinkPosition
}

export interface ListLinksDeps {
  /** Links of a tenant, newest first; `limit` is how many are read at most. */
  readPage: (
    query: { tenant: string; after: LinkPosition | undefined; limit: number },
    signal: AbortSignal,
  ) => Promise<{ links: Link[]; more: boolean }>
  /** Milliseconds since the epoch. */
  now: () => number
}

/** What one call reads at most, so that a filter that matches little costs no more than this. */
export const MAX_READ = 1000
const PAGE = 100

export type ListLinks = (input: ListLinksInput, signal: AbortSignal) => Promise<LinkPage>

/** Filters while it reads: a page may hold fewer links than asked for, even none, and yet have a next one. */
export function listLinks({ readPage, now }: ListLinksDeps): ListLinks {
  return async ({ tenant, limit, after, ...filter }, signal) => {
    const found: Link[] = []
    let position = after
    for (let read = 0; read < MAX_READ; ) {
      const page = await readPage({ tenant, after: position, limit: Math.min(PAGE, MAX_READ - read) }, signal)
      for (const [index, link] of page.links.entries()) {
        position = { createdAt: link.createdAt, code: link.code }
        if (matches(link, filter, now())) found.push(link)
        const isLast = index === page.links.length - 1 && !page.more
        if (found.length === limit) return { links: found, ...(!isLast && { next: position }) }
      }
      // A page without links has no place to go on from: asked again, it would be the same.
      if (!page.more || page.links.length === 0) return { links: found }
      read += page.links.length
    }
    return { links: found, ...(position && { next: position }) }
  }
}

type Filter = Pick<ListLinksInput, 'tag' | 'q' | 'status'>

function matches(link: Link, { tag, q, status }: Filter, now: number): boolean {
  if (tag !== undefined && !link.tags.includes(tag)) return false
  if (status !== undefined && linkStatus(link, now) !== status) return false
  const needle = q?.toLowerCase()
  return (
    needle === undefined || [link.url, link.title ?? '', link.code].some((text) => text.toLowerCase().includes(needle))
  )
}
