import type { Cause } from '../shared/events/event.ts'
import type { Link } from './link.ts'
import { parseTarget } from './target-url.ts'

/** Which link, of whom, and in which version (any, without one). */
export interface LinkSelector {
  tenant: string
  code: string
  ifMatch?: string | undefined
}

/** Fields that are given replace the link's; `null` clears one. */
export interface LinkChanges {
  url?: string | undefined
  title?: string | null | undefined
  tags?: readonly string[] | null | undefined
}

/** What is written: the fields that differ, and what every change has anew. */
export interface LinkChange {
  fields: Partial<Pick<Link, 'url' | 'title' | 'tags'>>
  updatedAt: string
  version: string
  cause: Cause
}

/** A link of another tenant is as good as none. */
export type Missing = { outcome: 'not-found' } | { outcome: 'stale' }

export interface ChangeLinkDeps {
  /**
   * Changes a link if it is there, the tenant's and of the asked version. A change that is stored already, by an
   * earlier try with the same version, counts.
   */
  change: (selector: LinkSelector, change: LinkChange, signal: AbortSignal) => Promise<Link | 'not-found' | 'stale'>
  newVersion: () => string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Hosts that serve short links. */
  ownHosts: ReadonlySet<string>
}

export type ChangeLinkResult = { outcome: 'changed'; link: Link } | { outcome: 'invalid-url'; reason: string } | Missing

export type ChangeLink = (
  input: { selector: LinkSelector; changes: LinkChanges; cause: Cause },
  signal: AbortSignal,
) => Promise<ChangeLinkResult>

export function changeLink({ change, newVersion, now, ownHosts }: ChangeLinkDeps): ChangeLink {
  return async ({ selector, changes: { url, title, tags }, cause }, signal) => {
    const target = url === undefined ? undefined : parseTarget(url, ownHosts)
    if (target && !target.ok) return { outcome: 'invalid-url', reason: target.reason }
    const fields = {
      ...(target && { url: target.url }),
      ...(title !== undefined && { title }),
      ...(tags !== undefined && { tags: tags ?? [] }),
    }
    const updatedAt = new Date(now()).toISOString()
    const link = await change(selector, { fields, updatedAt, version: newVersion(), cause }, signal)
    return typeof link === 'string' ? { outcome: link } : { outcome: 'changed', link }
  }
}
