/** A short link. */
export interface Link {
  /** The path of the short URL; unique over all tenants, for ever. */
  readonly code: string
  /** The target, as the WHATWG URL standard serialises it. */
  readonly url: string
  readonly title: string | null
  readonly tags: readonly string[]
  readonly tenant: string
  /** The `sub` of who created it. */
  readonly createdBy: string
  /** RFC 3339 in UTC, with milliseconds. */
  readonly createdAt: string
  readonly updatedAt: string
  /** Another one with every change of the definition: the ETag. */
  readonly version: string
  /** When an administrator or the check of targets blocked it; it then leads nowhere. */
  readonly blockedAt: string | null
}

/** What is left of a deleted link, so that its code is never given out again. */
export interface DeletedLink {
  readonly code: string
  readonly deletedAt: string
}

export function isDeleted(link: Link | DeletedLink): link is DeletedLink {
  return 'deletedAt' in link
}

export const LINK_STATUSES = ['active', 'scheduled', 'expired', 'exhausted', 'blocked'] as const
export type LinkStatus = (typeof LINK_STATUSES)[number]

export function linkStatus({ blockedAt }: Link): LinkStatus {
  return blockedAt === null ? 'active' : 'blocked'
}

/** A link as the API shows it: every field of the contract, those that a link doesn't use being null or empty. */
export function linkView(link: Link, baseUrl: string) {
  return {
    code: link.code,
    shortUrl: `${baseUrl}/${link.code}`,
    url: link.url,
    redirect: 302,
    cacheSeconds: 0,
    status: linkStatus(link),
    createdAt: link.createdAt,
    updatedAt: link.updatedAt,
    startsAt: null,
    expiresAt: null,
    expiredUrl: null,
    maxClicks: null,
    clicks: 0,
    hasPassword: false,
    title: link.title,
    tags: link.tags,
    forwardQuery: false,
    rules: [],
    createdBy: link.createdBy,
  }
}
