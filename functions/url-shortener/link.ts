/** A short link, as it is stored. */
export interface Link {
  /** The path of the short URL; unique over all tenants, for ever. */
  readonly code: string
  /** The target, as the WHATWG URL standard serialises it. */
  readonly url: string
  readonly tenant: string
  /** The `sub` of who created it. */
  readonly createdBy: string
  /** RFC 3339 in UTC, with milliseconds. */
  readonly createdAt: string
  readonly updatedAt: string
  /** Random, new with every change of the definition: the ETag. */
  readonly version: string
}

/** A link as the API shows it: every field of the contract, those that a link doesn't use being null or empty. */
export function linkView(link: Link, baseUrl: string) {
  return {
    code: link.code,
    shortUrl: `${baseUrl}/${link.code}`,
    url: link.url,
    redirect: 302,
    cacheSeconds: 0,
    status: 'active',
    createdAt: link.createdAt,
    updatedAt: link.updatedAt,
    startsAt: null,
    expiresAt: null,
    expiredUrl: null,
    maxClicks: null,
    clicks: 0,
    hasPassword: false,
    title: null,
    tags: [],
    forwardQuery: false,
    rules: [],
    createdBy: link.createdBy,
  }
}

export function linkEtag(link: Link): string {
  return `"${link.version}"`
}
