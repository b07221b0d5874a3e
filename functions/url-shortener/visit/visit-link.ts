import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { isDeleted, isGuarded, type Link, type LinkEnd, linkStatus } from '../domain/link.ts'
import { forwardQuery } from './forward-query.ts'
import type { RecordClick } from './record-click.ts'
import type { ResolveDetails, ResolveLink } from './resolve-link.ts'
import { chooseTarget, type LinkTargets, readTargets } from './targets.ts'
import type { Visitor } from './visitor.ts'

export interface Visit {
  readonly code: string
  /** True for a HEAD request. */
  readonly isHead: boolean
  readonly visitor: Visitor
  /** Reads the visitor with what the edge adds, if the visit came through it. */
  readonly located: (signal: AbortSignal) => Promise<Visitor>
  /** The query as it was sent, without the question mark. */
  readonly query: string
  /** Cookies such as `name=value`. */
  readonly cookies: readonly string[]
  readonly cause: Cause
}

export type VisitOutcome =
  /** The link does not exist, or does not redirect now. */
  | { outcome: 'not-found' | 'not-started' | 'deleted' | 'blocked' | LinkEnd }
  /** The visitor has to enter the password. */
  | { outcome: 'locked' }
  /** A bot is shown that the link exists, but not its target. */
  | { outcome: 'withheld' }
  /** A prefetching browser has to repeat the request once a person wants the link. */
  | { outcome: 'later' }
  /** More concurrent visits arrive than the cap's counter can handle. */
  | { outcome: 'busy' }
  | Redirect

export interface Redirect {
  outcome: 'redirect'
  status: Link['redirect']
  /** The target; `null` if only the existence of a target may be revealed. */
  url: string | null
  /** The time for which the redirect may be cached, and whether by shared caches. `null` if it may not be cached. */
  cache: { seconds: number; scope: 'public' | 'private' } | null
}

/**
 * The state of a link's cap after a visit was counted: `last` was the last allowed visit, `gone` means that the counter
 * was deleted with its link. `busy`: more concurrent visits arrive than one item can count, and this one was not
 * counted.
 */
export type CapState = 'open' | 'last' | 'exhausted' | 'gone' | 'busy'

/**
 * Counts a visit if the cap allows it, with a single write, so that the count is exact however many visits are
 * concurrent. The write is not retried when its response is lost: a link may admit fewer visits than its cap, but never
 * more.
 */
export type SpendClick = (code: string, signal: AbortSignal) => Promise<CapState>

/** Reads the cap as it is, without counting. */
export type ReadCap = (code: string, signal: AbortSignal) => Promise<Exclude<CapState, 'last' | 'busy'>>

/** Records that a link has reached its end, and never fails a visit. */
export type RecordEndOnVisit = (
  ending: Pick<Link, 'code' | 'version'> & { end: LinkEnd; cause: Cause },
  signal: AbortSignal,
) => Promise<void>

export interface VisitLinkDeps {
  resolve: ResolveLink
  resolveDetails: ResolveDetails
  spend: SpendClick
  readCap: ReadCap
  recordEnd: RecordEndOnVisit
  recordClick: RecordClick
  /** Checks whether one of the visitor's cookies proves that they knew the link's password. */
  isUnlocked: (
    cookies: readonly string[],
    link: { code: string; passwordId: string },
    signal: AbortSignal,
  ) => Promise<boolean>
  now: Clock
}

export type VisitLink = (visit: Visit, signal: AbortSignal) => Promise<VisitOutcome>

/**
 * Decides the outcome of a visit. The order of the checks is part of the contract: each reveals less about the link
 * than those after it.
 *
 * @throws as the store does: a visit that can't be counted or checked is refused.
 */
export function visitLink(deps: VisitLinkDeps): VisitLink {
  return async (visit, signal) => {
    const link = await deps.resolve(visit.code, signal)
    if (!link) return { outcome: 'not-found' }
    if (isDeleted(link)) return { outcome: 'deleted' }
    const context = { deps, link, visit, signal }
    const status = linkStatus(link, deps.now())
    if (status === 'blocked') return { outcome: 'blocked' }
    if (status === 'scheduled') return { outcome: 'not-started' }
    if (status === 'expired') return afterEnd(context, 'expired')
    const locked = await checkPassword(context)
    if (locked) return locked
    if (status === 'exhausted') return afterEnd(context, 'exhausted')
    // This comes before the visit is counted, so that a failure here uses up no visit.
    const targets = await readTargets(link, deps.resolveDetails, signal)
    const url = await targetOf(context, targets)
    const denied = await checkCap(context)
    if (denied) return denied
    const isHidden = visit.isHead && isGuarded(link)
    return recorded(context, {
      outcome: 'redirect',
      status: link.redirect,
      url: isHidden ? null : url,
      cache: cacheOf(link, targets, deps.now()),
    })
  }
}

interface VisitContext {
  deps: VisitLinkDeps
  link: Link
  visit: Visit
  signal: AbortSignal
}

/** Refuses a link with a password to programs, and to people who haven't proved that they know it. */
async function checkPassword(context: VisitContext): Promise<VisitOutcome | undefined> {
  const { deps, link, visit, signal } = context
  const { code, passwordId } = link
  if (passwordId === null) return undefined
  const denied = denyProgram(visit)
  if (denied) return recorded(context, denied)
  const isUnlocked = await deps.isUnlocked(visit.cookies, { code, passwordId }, signal)
  return isUnlocked ? undefined : { outcome: 'locked' }
}

/** Counts people, and refuses them once the cap is reached. For HEAD and bots it only reads the cap. */
async function checkCap(context: VisitContext): Promise<VisitOutcome | undefined> {
  const { deps, link, visit, signal } = context
  if (link.maxClicks === null) return undefined
  const denied = denyProgram(visit)
  if (denied?.outcome === 'later') return denied
  const isCounted = !visit.isHead && !denied
  const cap = await (isCounted ? deps.spend : deps.readCap)(link.code, signal)
  if (cap === 'gone') return { outcome: 'deleted' }
  if (cap === 'busy') return { outcome: 'busy' }
  if (cap === 'exhausted') return afterEnd(context, 'exhausted')
  if (cap === 'last') await recordEnd(context, 'exhausted')
  return denied && recorded(context, denied)
}

/**
 * Records a visit for the statistics: one that is led to the target, or a bot's that is shown the link without it. HEAD
 * is never recorded, nor what gets no answer or the `expiredUrl`.
 */
async function recorded<Outcome extends VisitOutcome>(
  { deps, link, visit, signal }: VisitContext,
  result: Outcome,
): Promise<Outcome> {
  const isClick = result.outcome === 'redirect' || result.outcome === 'withheld'
  if (isClick && !visit.isHead) await deps.recordClick({ visit, link }, signal)
  return result
}

/** Refuses a guarded link to programs. HEAD gets the response of a person, without the target. */
function denyProgram({ isHead, visitor }: Visit): VisitOutcome | undefined {
  if (isHead || visitor.kind === 'person') return undefined
  return { outcome: visitor.kind === 'prefetch' ? 'later' : 'withheld' }
}

async function afterEnd(context: VisitContext, end: LinkEnd): Promise<VisitOutcome> {
  const { deps, link, signal } = context
  await recordEnd(context, end)
  const details = link.hasExpiredUrl ? await deps.resolveDetails(link, signal) : undefined
  if (!details?.expiredUrl) return { outcome: end }
  return { outcome: 'redirect', status: 302, url: details.expiredUrl, cache: null }
}

async function recordEnd({ deps, link, visit, signal }: VisitContext, end: LinkEnd): Promise<void> {
  const { code, version, ended } = link
  if (ended === null) await deps.recordEnd({ code, version, end, cause: visit.cause }, signal)
}

async function targetOf({ deps, link, visit, signal }: VisitContext, targets: LinkTargets): Promise<string> {
  const url = await chooseTarget(targets, () => visit.located(signal), deps.now())
  return link.forwardQuery ? forwardQuery(url, visit.query) : url
}

/**
 * Decides how long a redirect may be cached: only a permanent redirect of an unguarded link, and only until the link
 * ends or a rule starts or stops matching.
 */
function cacheOf(link: Link, { rules }: LinkTargets, now: number): Redirect['cache'] {
  const isPermanent = link.redirect === 301 || link.redirect === 308
  if (!isPermanent || isGuarded(link)) return null
  const times = [link.expiresAt, ...rules.flatMap((rule) => [rule.if.before, rule.if.after])]
  const secondsLeft = times.map((time) => (time ? Math.floor((Date.parse(time) - now) / 1000) : Infinity))
  const seconds = Math.min(link.cacheSeconds, ...secondsLeft.filter((left) => left >= 0))
  return seconds > 0 ? { seconds, scope: link.hasRules ? 'private' : 'public' } : null
}
