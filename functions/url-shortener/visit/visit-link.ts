import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { isDeleted, isGuarded, type Link, type LinkEnd, linkStatus, NO_DETAILS } from '../domain/link.ts'
import { matchingRule, type Rule } from '../domain/rules.ts'
import { forwardQuery } from './forward-query.ts'
import type { ResolveDetails, ResolveLink } from './resolve-link.ts'
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
  /** More come at once than the cap's counter can take. */
  | { outcome: 'busy' }
  | Redirect

export interface Redirect {
  outcome: 'redirect'
  status: Link['redirect']
  /** `null`: the visitor may know that it leads somewhere, but not where. */
  url: string | null
  /** How long the visitor may remember it, and whether others may, too. */
  remember: { seconds: number; scope: 'public' | 'private' } | null
}

/**
 * How a link's cap stands after a visit was counted: `last` is the visit that spent it, `gone` is a link without one.
 * `busy`: more visits come at once than one item can count, and this one was not counted.
 */
export type CapState = 'open' | 'last' | 'exhausted' | 'gone' | 'busy'

/**
 * Counts a visit if the cap allows it, by one write: exact for any number at once. It is not tried again when its answer
 * is lost, so that a link may let in fewer than its cap says, and never more.
 */
export type SpendClick = (code: string, signal: AbortSignal) => Promise<CapState>

/** Reads the cap as it is, without counting. */
export type ReadCap = (code: string, signal: AbortSignal) => Promise<Exclude<CapState, 'last' | 'busy'>>

/** Tells that a link has come to its end, and never fails a visit. */
export type TellEndInPassing = (
  ending: Pick<Link, 'code' | 'version'> & { end: LinkEnd; cause: Cause },
  signal: AbortSignal,
) => Promise<void>

export interface VisitLinkDeps {
  resolve: ResolveLink
  resolveDetails: ResolveDetails
  spend: SpendClick
  look: ReadCap
  tellEnd: TellEndInPassing
  /** Whether one of the visitor's cookies proves that they knew the link's password. */
  isUnlocked: (
    cookies: readonly string[],
    link: { code: string; passwordId: string },
    signal: AbortSignal,
  ) => Promise<boolean>
  now: Clock
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
    const meeting = { deps, link, visit, signal }
    const status = linkStatus(link, deps.now())
    if (status === 'blocked') return { outcome: 'blocked' }
    if (status === 'scheduled') return { outcome: 'not-started' }
    if (status === 'expired') return afterEnd(meeting, 'expired')
    const locked = await meetPassword(meeting)
    if (locked) return locked
    if (status === 'exhausted') return afterEnd(meeting, 'exhausted')
    // Before the cap is spent: should this fail, it has cost no visit.
    const { rules } = link.hasRules ? await deps.resolveDetails(link, signal) : NO_DETAILS
    const target = await chooseTarget(meeting, rules)
    const refused = await meetCap(meeting)
    if (refused) return refused
    const url = visit.isHead && isGuarded(link) ? null : target
    return { outcome: 'redirect', status: link.redirect, url, remember: howLong(link, rules, deps.now()) }
  }
}

/** A visit and the link that it has come to. */
interface Meeting {
  deps: VisitLinkDeps
  link: Link
  visit: Visit
  signal: AbortSignal
}

/** A password keeps programs out in any case, and people without a proof. */
async function meetPassword({ deps, link, visit, signal }: Meeting): Promise<VisitOutcome | undefined> {
  const { code, passwordId } = link
  if (passwordId === null) return undefined
  const turnedAway = turnAway(visit)
  if (turnedAway) return turnedAway
  const isUnlocked = await deps.isUnlocked(visit.cookies, { code, passwordId }, signal)
  return isUnlocked ? undefined : { outcome: 'locked' }
}

/** A cap lets people in while it lasts, and counts them; HEAD and bots only learn whether it still does. */
async function meetCap(meeting: Meeting): Promise<VisitOutcome | undefined> {
  const { deps, link, visit, signal } = meeting
  if (link.maxClicks === null) return undefined
  const turnedAway = turnAway(visit)
  if (turnedAway?.outcome === 'later') return turnedAway
  const isCounted = !visit.isHead && !turnedAway
  const cap = await (isCounted ? deps.spend : deps.look)(link.code, signal)
  if (cap === 'gone') return { outcome: 'deleted' }
  if (cap === 'busy') return { outcome: 'busy' }
  if (cap === 'exhausted') return afterEnd(meeting, 'exhausted')
  if (cap === 'last') await tell(meeting, 'exhausted')
  return turnedAway
}

/** What a program gets of a guarded link. HEAD gets what a person would, but for the target. */
function turnAway({ isHead, visitor }: Visit): VisitOutcome | undefined {
  if (isHead || visitor.kind === 'person') return undefined
  return { outcome: visitor.kind === 'prefetch' ? 'later' : 'withheld' }
}

async function afterEnd(meeting: Meeting, end: LinkEnd): Promise<VisitOutcome> {
  const { deps, link, signal } = meeting
  await tell(meeting, end)
  const details = link.hasExpiredUrl ? await deps.resolveDetails(link, signal) : undefined
  if (!details?.expiredUrl) return { outcome: end }
  return { outcome: 'redirect', status: 302, url: details.expiredUrl, remember: null }
}

async function tell({ deps, link, visit, signal }: Meeting, end: LinkEnd): Promise<void> {
  const { code, version, ended } = link
  if (ended === null) await deps.tellEnd({ code, version, end, cause: visit.cause }, signal)
}

async function chooseTarget({ deps, link, visit, signal }: Meeting, rules: readonly Rule[]): Promise<string> {
  const rule = rules.length > 0 ? matchingRule(rules, await visit.located(signal), deps.now()) : undefined
  const url = rule?.url ?? link.url
  return link.forwardQuery ? forwardQuery(url, visit.query) : url
}

/**
 * Only what is permanent may be remembered, by those who may go there again, and not beyond the moment when the link
 * ends or a rule begins or ceases to hold.
 */
function howLong(link: Link, rules: readonly Rule[], now: number): Redirect['remember'] {
  const isPermanent = link.redirect === 301 || link.redirect === 308
  if (!isPermanent || isGuarded(link)) return null
  const times = [link.expiresAt, ...rules.flatMap((rule) => [rule.if.before, rule.if.after])]
  const secondsLeft = times.map((time) => (time ? Math.floor((Date.parse(time) - now) / 1000) : Infinity))
  const seconds = Math.min(link.cacheSeconds, ...secondsLeft.filter((left) => left >= 0))
  return seconds > 0 ? { seconds, scope: link.hasRules ? 'private' : 'public' } : null
}
