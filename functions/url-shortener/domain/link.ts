import type { Rule } from './rules.ts'

export const REDIRECTS = [301, 302, 307, 308] as const

/** A short link: what a redirect must know of it, and whoever lists it. */
export interface Link {
  /** The path of the short URL; unique over all tenants, for ever. */
  readonly code: string
  /** Whether the code is one that was asked for. */
  readonly isAlias: boolean
  /** The target, as the WHATWG URL standard serialises it. */
  readonly url: string
  readonly title: string | null
  readonly tags: readonly string[]
  readonly tenant: string
  /** The `sub` of who created it. */
  readonly createdBy: string
  /** RFC 3339 in UTC, with milliseconds; all times are. */
  readonly createdAt: string
  readonly updatedAt: string
  /** The id of the operation that changed the definition last: the ETag. */
  readonly version: string
  /** When an administrator or the check of targets blocked it; it then leads nowhere. */
  readonly blockedAt: string | null
  /** The status with which visitors are sent on. */
  readonly redirect: (typeof REDIRECTS)[number]
  /** How long a visitor's browser may remember a 301 or 308. */
  readonly cacheSeconds: number
  /** Before it, the link leads nowhere. */
  readonly startsAt: string | null
  /** From it on, the link leads nowhere, or to its `expiredUrl`. */
  readonly expiresAt: string | null
  /** How many visits are let through. */
  readonly maxClicks: number | null
  /** Whether its visits are counted, or were: what was counted stays when the cap is taken away, for a later one. */
  readonly hasCounter: boolean
  /** The id of the operation that set the password; `null`: it has none. */
  readonly passwordId: string | null
  /** Whether the visitor's query goes with them. */
  readonly forwardQuery: boolean
  /** Whether it has `LinkDetails.rules`, and `LinkDetails.expiredUrl`. */
  readonly hasRules: boolean
  readonly hasExpiredUrl: boolean
  /** Which end of the link was told by an event: it is told once. */
  readonly ended: LinkEnd | null
}

/** Why a link leads nowhere any more, without anybody's doing. */
export type LinkEnd = 'expired' | 'exhausted'

/** What few links have and few visits need: kept apart, so that a redirect reads less. */
export interface LinkDetails {
  /** Where visitors go once the link is expired or exhausted. */
  readonly expiredUrl: string | null
  /** At most 10; the first that matches chooses the target. */
  readonly rules: readonly Rule[]
  /** As `hashPassword` writes it. */
  readonly passwordHash: string | null
}

/** A link of which nothing was said: of what can be set on one, the defaults. */
export const UNSET = {
  isAlias: false,
  title: null,
  tags: [],
  blockedAt: null,
  redirect: 302,
  cacheSeconds: 0,
  startsAt: null,
  expiresAt: null,
  maxClicks: null,
  hasCounter: false,
  passwordId: null,
  forwardQuery: false,
  hasRules: false,
  hasExpiredUrl: false,
  ended: null,
} as const satisfies Partial<Link>

export const NO_DETAILS: LinkDetails = { expiredUrl: null, rules: [], passwordHash: null }

/** A link with all that is kept of it. */
export interface LinkState {
  readonly link: Link
  readonly details: LinkDetails
  /** How many visits its cap counted. */
  readonly clicks: number
}

/** A link with all that its tenant is shown. */
export interface WholeLink extends Link, Pick<LinkDetails, 'expiredUrl' | 'rules'> {
  readonly clicks: number
}

export function wholeLink({ link, details, clicks }: LinkState): WholeLink {
  return { ...link, expiredUrl: details.expiredUrl, rules: details.rules, clicks }
}

/** What is left of a deleted link, so that its code is never given out again. */
export interface DeletedLink {
  readonly code: string
  readonly deletedAt: string
}

export function isDeleted(link: Link | DeletedLink): link is DeletedLink {
  return 'deletedAt' in link
}

/** Whether not everybody may know where a link leads: only who has its password, or a visit of those that it has left. */
export function isGuarded(link: Link): boolean {
  return link.passwordId !== null || link.maxClicks !== null
}

export const LINK_STATUSES = ['active', 'scheduled', 'expired', 'exhausted', 'blocked'] as const
export type LinkStatus = (typeof LINK_STATUSES)[number]

/**
 * @param now milliseconds since the epoch.
 * @param clicks how many visits were let through, where that is known: only then is a link found to be exhausted before
 * that was told.
 */
export function linkStatus(link: Link, now: number, clicks = 0): LinkStatus {
  if (link.blockedAt !== null) return 'blocked'
  if (link.startsAt !== null && now < Date.parse(link.startsAt)) return 'scheduled'
  if (link.expiresAt !== null && now >= Date.parse(link.expiresAt)) return 'expired'
  if (link.ended === 'exhausted' || (link.maxClicks !== null && clicks >= link.maxClicks)) return 'exhausted'
  return 'active'
}

/** A link as the API shows it: every field of the contract, those that a link doesn't use being null or empty. */
export function linkView(link: WholeLink, { baseUrl, now }: { baseUrl: string; now: number }) {
  return {
    code: link.code,
    shortUrl: `${baseUrl}/${link.code}`,
    url: link.url,
    redirect: link.redirect,
    cacheSeconds: link.cacheSeconds,
    status: linkStatus(link, now, link.clicks),
    createdAt: link.createdAt,
    updatedAt: link.updatedAt,
    startsAt: link.startsAt,
    expiresAt: link.expiresAt,
    expiredUrl: link.expiredUrl,
    maxClicks: link.maxClicks,
    clicks: link.clicks,
    hasPassword: link.passwordId !== null,
    title: link.title,
    tags: link.tags,
    forwardQuery: link.forwardQuery,
    rules: link.rules,
    createdBy: link.createdBy,
  }
}
