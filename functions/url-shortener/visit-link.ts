import type { Cause } from '../shared/events/event.ts'
import { forwardQuery } from './forward-query.ts'
import { isDeleted, isGuarded, type Link, type LinkEnd, linkStatus } from './link.ts'
import { matchingRule } from './link-rules.ts'
import type { ResolveDetails } from './resolve-details.ts'
import type { ResolveLink } from './resolve-link.ts'
import type { TellInPassing } from './tell-in-passing.ts'
import type { VisitStore } from './visit-store.ts'
import type { Visitor } from './visitor.ts'

export interface Visit {
  readonly code: string
  /** Whether only the answer's head is asked for. */
  readonly isHead: boolean
  readonly visitor: Visitor
  /** The visitor with what the edge says of them, if the visit came through it. */
  readonly located: (signal: AbortSignal) => Promise<Visitor>
  /** As it was sent, without the question mark. */
  readonly query: string
  /** As in `name=value`. */
  readonly cookies: readonly string[]
  readonly cause: Cause
}

export type VisitOutcome =
  /** The link leads nowhere, or not yet, or not any more. */
  | { outcome: 'not-found' | 'not-started' | 'deleted' | 'blocked' | LinkEnd }
  /** The visitor is asked for the password. */
  | { outcome: 'locked' }
  /** A program is told that there is a link, and not where it leads. */
  | { outcome: 'withheld' }
  /** A browser that guesses ahead is to ask again once a person wants it. */
  | { outcome: 'later' }
  | Redirect

export interface Redirect {
  outcome: 'redirect'
  status: Link['redirect']
  /** `null`: the visitor may know that it leads somewhere, but not where. */
  url: string | null
  /** How long the visitor may remember it, and whether others may, too. */
  remember: { seconds: number; scope: 'public' | 'private' } | null
}

export interface VisitLinkDeps extends Pick<VisitStore, 'spend' | 'look'> {
  resolve: ResolveLink
  resolveDetails: ResolveDetails
  tellEnd: TellInPassing
  /** Whether one of the visitor's cookies proves that they knew the link's password. */
  isUnlocked: (
    cookies: readonly string[],
    link: { code: string; passwordId: string },
    signal: AbortSignal,
  ) => Promise<boolean>
  /** Milliseconds since the epoch. */
  now: () => number
}

export type VisitLink = (visit: Visit, signal: AbortSignal) => Promise<VisitOutcome>

/**
 * What a visitor gets of a link. The order of the checks is part of the contract: each tells less of the link than
 * those after it.
 *
 * @throws as the store does: who can't be counted or checked is not let in.
 */
export function visitLink(deps: VisitLinkDeps): VisitLink {
  return async (visit, signal) => {
    const link = await deps.resolve(visit.code, signal)
    if (!link) return { outcome: 'not-found' }
    if (isDeleted(link)) return { outcome: 'deleted' }
    const status = linkStatus(link, deps.now())
    if (status === 'blocked') return { outcome: 'blocked' }
    if (status === 'scheduled') return { outcome: 'not-started' }
    if (status === 'expired') return end(deps, { link, end: 'expired', visit }, signal)
    const locked = link.passwordId !== null && (await lock(deps, { link, visit }, signal))
    if (locked) return locked
    if (status === 'exhausted') return end(deps, { link, end: 'exhausted', visit }, signal)
    // Before the cap is spent: should this fail, it has cost no visit.
    const url = await target(deps, { link, visit }, signal)
    const capped = link.maxClicks !== null && (await cap(deps, { link, visit }, signal))
    if (capped) return capped
    const isSecret = visit.isHead && isGuarded(link)
    return {
      outcome: 'redirect',
      status: link.redirect,
      url: isSecret ? null : url,
      remember: remember(link, deps.now()),
    }
  }
}

interface VisitOfLink {
  link: Link
  visit: Visit
}

type Step<Input, Outcome> = (deps: VisitLinkDeps, input: Input, signal: AbortSignal) => Promise<Outcome>

/** Whom a password keeps out: programs in any case, people without a proof. */
const lock: Step<VisitOfLink, VisitOutcome | undefined> = async ({ isUnlocked }, { link, visit }, signal) => {
  const program = turnAway(visit)
  if (program) return program
  const { code, passwordId } = link
  if (passwordId === null || (await isUnlocked(visit.cookies, { code, passwordId }, signal))) return undefined
  return { outcome: 'locked' }
}

/** A cap lets people in while it lasts, and counts them; who only looks is told whether it still does. */
const cap: Step<VisitOfLink, VisitOutcome | undefined> = async (deps, { link, visit }, signal) => {
  const program = turnAway(visit)
  if (program?.outcome === 'later') return program
  const isCounted = !visit.isHead && !program
  const cap = await (isCounted ? deps.spend : deps.look)(link.code, signal)
  if (cap === 'gone') return { outcome: 'deleted' }
  if (cap === 'exhausted') return end(deps, { link, end: 'exhausted', visit }, signal)
  if (cap === 'last') await tell(deps, { link, end: 'exhausted', visit }, signal)
  return program
}

/** What a program gets of a guarded link. HEAD gets what a person would, but for the target. */
function turnAway({ isHead, visitor }: Visit): VisitOutcome | undefined {
  if (isHead || visitor.kind === 'person') return undefined
  return { outcome: visitor.kind === 'prefetch' ? 'later' : 'withheld' }
}

const end: Step<VisitOfLink & { end: LinkEnd }, VisitOutcome> = async (deps, ending, signal) => {
  await tell(deps, ending, signal)
  const { expiredUrl } = ending.link.hasExpiredUrl ? await deps.resolveDetails(ending.link, signal) : NOTHING
  if (expiredUrl === null) return { outcome: ending.end }
  return { outcome: 'redirect', status: 302, url: expiredUrl, remember: null }
}

const NOTHING = { expiredUrl: null }

const tell: Step<VisitOfLink & { end: LinkEnd }, void> = async (deps, { link, end, visit }, signal) => {
  const { code, version, ended } = link
  if (ended === null) await deps.tellEnd({ code, version, end, cause: visit.cause }, signal)
}

const target: Step<VisitOfLink, string> = async (deps, { link, visit }, signal) => {
  const url = link.hasRules ? await targetByRules(deps, { link, visit }, signal) : link.url
  return link.forwardQuery ? forwardQuery(url, visit.query) : url
}

const targetByRules: Step<VisitOfLink, string> = async (deps, { link, visit }, signal) => {
  const { rules } = await deps.resolveDetails(link, signal)
  return matchingRule(rules, await visit.located(signal), deps.now())?.url ?? link.url
}

/** Only what is permanent may be remembered, by those who may go there again, and not beyond the link's own end. */
function remember(link: Link, now: number): Redirect['remember'] {
  const isPermanent = link.redirect === 301 || link.redirect === 308
  if (!isPermanent || isGuarded(link)) return null
  const secondsLeft = link.expiresAt === null ? Infinity : Math.floor((Date.parse(link.expiresAt) - now) / 1000)
  const seconds = Math.min(link.cacheSeconds, secondsLeft)
  return seconds > 0 ? { seconds, scope: link.hasRules ? 'private' : 'public' } : null
}
