import type { Clock } from '../../shared/clock.ts'
import { isDeleted, isGuarded, type Link, linkStatus } from '../domain/link.ts'
import type { ResolveDetails, ResolveLink } from './resolve-link.ts'
import { allTargets, readTargets } from './targets.ts'

export interface Preview extends Pick<Link, 'code' | 'title' | 'createdAt' | 'forwardQuery'> {
  /** The link's own target. `null`: it leads nowhere now, or not everybody may know where. */
  url: string | null
  /**
   * Every target that a visitor may get, each once: the link's own, then those of its rules. Empty where `url` is
   * `null`.
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
 * Shows where a link leads to somebody who does not want to go there yet. It counts nothing.
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
