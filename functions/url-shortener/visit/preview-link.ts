import type { Clock } from '../../shared/clock.ts'
import { isDeleted, isGuarded, type Link, linkStatus } from '../domain/link.ts'
import type { ResolveLink } from './resolve-link.ts'

export interface Preview extends Pick<Link, 'code' | 'title' | 'createdAt'> {
  /** `null`: it leads nowhere now, or not everybody may know where. */
  url: string | null
}

export type PreviewOutcome = { outcome: 'not-found' | 'deleted' } | { outcome: 'preview'; preview: Preview }

export interface PreviewLinkDeps {
  resolve: ResolveLink
  now: Clock
}

export type PreviewLink = (code: string, signal: AbortSignal) => Promise<PreviewOutcome>

/** Where a link leads, for somebody who does not want to go there yet. It counts nothing. */
export function previewLink({ resolve, now }: PreviewLinkDeps): PreviewLink {
  return async (asked, signal) => {
    const link = await resolve(asked, signal)
    if (!link) return { outcome: 'not-found' }
    if (isDeleted(link)) return { outcome: 'deleted' }
    const isShown = linkStatus(link, now()) === 'active' && !isGuarded(link)
    const { code, title, createdAt } = link
    return { outcome: 'preview', preview: { code, url: isShown ? link.url : null, title, createdAt } }
  }
}
