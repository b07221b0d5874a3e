import { createCache } from '../../shared/cache/cache.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import { mayHaveLink } from '../domain/code.ts'
import { type DeletedLink, isDeleted, isGuarded, type Link, type LinkDetails, NO_DETAILS } from '../domain/link.ts'

export interface ResolveLinkDeps {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  now: Clock
  random: Random
}

export type ResolveLink = (code: string, signal: AbortSignal) => Promise<Link | DeletedLink | undefined>

/** The age up to which a cached link is used: a change is effective everywhere within 5 s, including replication. */
export const LINK_MEMORY_MS = 3000
/** The age up to which it is used while the table can't be read. */
const OUTAGE_MS = 300_000
/** The number of cached links. A link has at most 4 KB in DynamoDB, so this is a few megabytes. */
const MAX_LINKS = 1000

/**
 * Resolves a code to its link, from the environment's cache or the table. The first read is the cheap, eventually
 * consistent one; only a miss is read again consistently, so that a link works from the moment its creator knows it,
 * and a hit costs half a read unit. Misses are not cached.
 *
 * @returns a function that throws what `read` throws, unless an older copy of the link may be used.
 */
export function resolveLink({ read, now, random }: ResolveLinkDeps): ResolveLink {
  const memory = createCache<Link | DeletedLink>({
    ttlMs: LINK_MEMORY_MS,
    staleIfErrorMs: OUTAGE_MS,
    mayStandIn: (link) => isDeleted(link) || !isGuarded(link),
    maxEntries: MAX_LINKS,
    now,
    random,
  })
  return async (code, signal) => {
    if (!mayHaveLink(code)) return undefined
    const load = async (signal: AbortSignal) =>
      (await read(code, { consistent: false, signal })) ?? (await read(code, { consistent: true, signal }))
    return memory.get(code, load, signal)
  }
}

export interface ResolveDetailsDeps {
  read: (code: string, signal: AbortSignal) => Promise<LinkDetails>
  now: Clock
  random: Random
}

/** Resolves the details of the version of a link that was read. */
export type ResolveDetails = (link: Pick<Link, 'code' | 'version'>, signal: AbortSignal) => Promise<LinkDetails>

/** The time for which details are cached: those of a version never change. */
const DETAILS_TTL_MS = 300_000
/**
 * The age up to which details are used while the table can't be read. It is twice as long, so that in an outage they
 * last as long as a link that was read just before it.
 */
const DETAILS_OUTAGE_MS = 2 * DETAILS_TTL_MS
/** The number of cached details: ten rules with long URLs take some 20 KB. */
const MAX_DETAILS = 200

/**
 * Reads the details of a link's version once. They change only together with the version, so they are cached for
 * minutes.
 *
 * @returns a function that throws what `read` throws, unless an older copy may be used.
 */
export function resolveDetails({ read, now, random }: ResolveDetailsDeps): ResolveDetails {
  const memory = createCache<LinkDetails>({
    ttlMs: DETAILS_TTL_MS,
    staleIfErrorMs: DETAILS_OUTAGE_MS,
    maxEntries: MAX_DETAILS,
    now,
    random,
  })
  return async ({ code, version }, signal) => {
    const details = await memory.get(`${code} ${version}`, (inner) => read(code, inner), signal)
    return details ?? NO_DETAILS
  }
}
