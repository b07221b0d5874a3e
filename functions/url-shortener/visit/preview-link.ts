import type { Clock } from '../../shared/clock.ts'
import { isDeleted, isGuarded, type Link, linkStatus } from '../domain/link.ts'
import type { ResolveDetails, ResolveLink } from './resolve-link.ts'
import { allTargets, readTargets } from './targets.ts'

export interface Preview extends Pick<Link, 'code' | 'title' | 'createdAt' | 'forwardQuery'> {
  /** The link's own target; `null` if the link doesn't redirect now, or its target may not be shown to everybody. */
  url: string | null
  /**
   * Every target that a visitor may get, each once: the link's own, then those of its rules. Empty if `url` is `null`.
   */
  targets: string[]
}

export type PreviewOutcome = { outcome: 'not-found' | 'deleted' } | { outcome: 'preview'; preview: Preview }

export interface PreviewLinkDeps {
  resolve: ResolveLink
  resolveDetails: ResolveDetails
  now: Clock
}

export type PreviewLink = (code: string, signal: AbortSignal) => Promise<PreviewOutcome>

/**
 * Returns the targets of a link without a redirect. It counts no visit.
 *
 * @returns a function that throws what `resolve` and `resolveDetails` throw.
 */
export function previewLink({ resolve, resolveDetails, now }: PreviewLinkDeps): PreviewLink {
  return async (asked, signal) => {
    const link = await resolve(asked, signal)
    if (!link) return { outcome: 'not-found' }
    if (isDeleted(link)) return { outcome: 'deleted' }
    const isShown = linkStatus(link, now()) === 'active' && !isGuarded(link)
    const targets = isShown ? allTargets(await readTargets(link, resolveDetails, signal)) : []
    const { code, title, createdAt, forwardQuery } = link
    return { outcome: 'preview', preview: { code, url: targets[0] ?? null, targets, title, createdAt, forwardQuery } }
  }
}
