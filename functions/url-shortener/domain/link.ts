import type { Rule } from './rules.ts'

export const REDIRECTS = [301, 302, 307, 308] as const

/** A short link: all that a redirect or a list needs. */
export interface Link {
  /** The path of the short URL; unique over all tenants, for ever. */
  readonly code: string
  /** Whether the tenant chose the code. */
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
  /** When an administrator or the check of targets blocked it. A blocked link leads nowhere. */
  readonly blockedAt: string | null
  /** The status code of the redirect. */
  readonly redirect: (typeof REDIRECTS)[number]
  /** How long a 301 or 308 may be cached. */
  readonly cacheSeconds: number
  /** The link leads nowhere before this time. */
  readonly startsAt: string | null
  /** From this time on, the link leads nowhere, or to its `expiredUrl`. */
  readonly expiresAt: string | null
  /** The number of visits that are redirected; `null`: any number. */
  readonly maxClicks: number | null
  /** Whether its visits are or were counted: the count stays when the cap is removed, for a later one. */
  readonly hasCounter: boolean
  /** The id of the operation that set the password; `null`: it has none. */
  readonly passwordId: string | null
  /** Whether the visitor's query is added to the target. */
  readonly forwardQuery: boolean
  /** Whether it has `LinkDetails.rules`, and `LinkDetails.expiredUrl`. */
  readonly hasRules: boolean
  readonly hasExpiredUrl: boolean
  /** The end of the link that was recorded, with its event. An end is recorded once. */
  readonly ended: LinkEnd | null
}

/** Why a link that nobody blocked or deleted leads nowhere any more. */
export type LinkEnd = 'expired' | 'exhausted'

/** The fields that few links have and few visits need. They are stored apart, so that a redirect reads less. */
export interface LinkDetails {
  /** Where visitors go once the link is expired or exhausted. */
  readonly expiredUrl: string | null
  /** At most 10. The first that matches chooses the target. */
  readonly rules: readonly Rule[]
  /** As `hashPassword` writes it. */
  readonly passwordHash: string | null
}

/**
 * The fields beside `url` that a tenant sets and that are stored in the link itself, with the values that they have
 * unless set.
 */
export const FIELD_DEFAULTS = {
  title: null,
  tags: [],
  redirect: 302,
  cacheSeconds: 0,
  startsAt: null,
  expiresAt: null,
  maxClicks: null,
  forwardQuery: false,
} as const satisfies Partial<Link>

/** A link for which nothing was set or recorded yet. */
export const UNSET = {
  ...FIELD_DEFAULTS,
  isAlias: false,
  blockedAt: null,
  hasCounter: false,
  passwordId: null,
  hasRules: false,
  hasExpiredUrl: false,
  ended: null,
} as const satisfies Partial<Link>

export const NO_DETAILS: LinkDetails = { expiredUrl: null, rules: [], passwordHash: null }

/** A link with its details and its counter. */
export interface LinkState {
  readonly link: Link
  readonly details: LinkDetails
  /** The number of visits that its cap counted. */
  readonly clicks: number
}

/** The rest of a deleted link, which keeps its code from being given out again. */
export interface DeletedLink {
  readonly code: string
  readonly deletedAt: string
}

export function isDeleted(link: Link | DeletedLink): link is DeletedLink {
  return 'deletedAt' in link
}

/** Whether a link hides its target from all who have neither its password nor one of its remaining visits. */
export function isGuarded(link: Link): boolean {
  return link.passwordId !== null || link.maxClicks !== null
}

export const LINK_STATUSES = ['active', 'scheduled', 'expired', 'exhausted', 'blocked'] as const
export type LinkStatus = (typeof LINK_STATUSES)[number]

/**
 * @param now milliseconds since the epoch.
 * @param clicks the number of visits that were redirected, where it is known: without it, a link is exhausted only once
 * that end was recorded.
 */
export function linkStatus(link: Link, now: number, clicks = 0): LinkStatus {
  if (link.blockedAt !== null) return 'blocked'
  if (link.startsAt !== null && now < Date.parse(link.startsAt)) return 'scheduled'
  if (link.expiresAt !== null && now >= Date.parse(link.expiresAt)) return 'expired'
  if (link.ended === 'exhausted' || (link.maxClicks !== null && clicks >= link.maxClicks)) return 'exhausted'
  return 'active'
}
