import type { Rule } from './rules.ts'

export const REDIRECTS = [301, 302, 307, 308] as const

/** A short link, with all that a redirect or a list needs. */
export interface Link {
  /** The path of the short URL, which is unique across all tenants and never reused. */
  readonly code: string
  /** True if the tenant chose the code. */
  readonly isAlias: boolean
  /** The target, as the WHATWG URL standard serialises it. */
  readonly url: string
  readonly title: string | null
  readonly tags: readonly string[]
  readonly tenant: string
  /** The `sub` of the user who created it. */
  readonly createdBy: string
  /** RFC 3339 in UTC with milliseconds, like all times. */
  readonly createdAt: string
  readonly updatedAt: string
  /** The id of the operation that changed the definition last: the ETag. */
  readonly version: string
  /** The time at which an administrator or the check of targets blocked it. A blocked link doesn't redirect. */
  readonly blockedAt: string | null
  /** The status code of the redirect. */
  readonly redirect: (typeof REDIRECTS)[number]
  /** The time for which a 301 or 308 may be cached. */
  readonly cacheSeconds: number
  /** Before this time the link doesn't redirect. */
  readonly startsAt: string | null
  /** From this time on the link doesn't redirect, or leads to its `expiredUrl`. */
  readonly expiresAt: string | null
  /** The number of visits that are redirected; `null` for no limit. */
  readonly maxClicks: number | null
  /** True if its visits are or were counted: the count stays when the cap is removed, for a later one. */
  readonly hasCounter: boolean
  /** The id of the operation that set the password; `null` if it has none. */
  readonly passwordId: string | null
  /** True if the visitor's query is added to the target. */
  readonly forwardQuery: boolean
  /** True if it has `LinkDetails.rules`; likewise `hasExpiredUrl` for `LinkDetails.expiredUrl`. */
  readonly hasRules: boolean
  readonly hasExpiredUrl: boolean
  /** The recorded end of the link, for which an event was published. An end is recorded once. */
  readonly ended: LinkEnd | null
}

/** The reason for which a link that is neither blocked nor deleted no longer redirects. */
export type LinkEnd = 'expired' | 'exhausted'

/** The fields that few links have and few visits need. They are stored separately, so that a redirect reads less. */
export interface LinkDetails {
  /** The target of visitors once the link is expired or exhausted. */
  readonly expiredUrl: string | null
  /** At most 10. The first matching rule chooses the target. */
  readonly rules: readonly Rule[]
  /** The output of `hashPassword`. */
  readonly passwordHash: string | null
}

/** The defaults of the fields beside `url` that a tenant sets and that are stored in the link itself. */
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

/** The fields of a link for which nothing was set or recorded yet. */
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
  /** The number of clicks: with a cap that of its counter, otherwise that of the statistics. */
  readonly clicks: number
  /** The clicks that a counter lacks, because its link had no cap when they were counted. @default none */
  readonly missing?: number
}

/** The tombstone of a deleted link, which prevents its code from being reused. */
export interface DeletedLink {
  readonly code: string
  readonly deletedAt: string
}

export function isDeleted(link: Link | DeletedLink): link is DeletedLink {
  return 'deletedAt' in link
}

/** Checks whether a link hides its target from anybody without its password or one of its remaining visits. */
export function isGuarded(link: Link): boolean {
  return link.passwordId !== null || link.maxClicks !== null
}

export const LINK_STATUSES = ['active', 'scheduled', 'expired', 'exhausted', 'blocked'] as const
export type LinkStatus = (typeof LINK_STATUSES)[number]

/**
 * @param now milliseconds since the epoch.
 * @param clicks the number of visits that were redirected, if known: without it, a link only counts as exhausted once
 * that end was recorded.
 */
export function linkStatus(link: Link, now: number, clicks = 0): LinkStatus {
  if (link.blockedAt !== null) return 'blocked'
  if (link.startsAt !== null && now < Date.parse(link.startsAt)) return 'scheduled'
  if (link.expiresAt !== null && now >= Date.parse(link.expiresAt)) return 'expired'
  if (link.ended === 'exhausted' || (link.maxClicks !== null && clicks >= link.maxClicks)) return 'exhausted'
  return 'active'
}
