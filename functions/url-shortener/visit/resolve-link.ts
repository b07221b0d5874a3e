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

/** How old a link may be when it is used: a change is effective everywhere within 5 s, replication included. */
export const LINK_MEMORY_MS = 3000
/** How old it may be while the table can't be read. */
const OUTAGE_MS = 300_000
/** A link has 4 KB at most, in DynamoDB: this is a few megabytes. */
const MAX_LINKS = 1000

/**
 * The link behind a code, out of the environment's memory or the table. The first read is the cheap, eventually
 * consistent one; only a miss is read again consistently, so that a link works from the moment its creator knows it,
 * and a hit costs half a read unit. What is missing is not remembered.
 *
 * @throws as `read` does, where nothing may stand in for the link.
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

/** The details of a link as it was read. */
export type ResolveDetails = (link: Pick<Link, 'code' | 'version'>, signal: AbortSignal) => Promise<LinkDetails>

/** The details of one version never change. */
const DETAILS_TTL_MS = 300_000
/** Twice as long: whatever link is served in an outage, details that were good enough at its last visit still are. */
const DETAILS_OUTAGE_MS = 2 * DETAILS_TTL_MS
/** Ten rules with long URLs are some 20 KB. */
const MAX_DETAILS = 200

/**
 * Details change only with the link's version, so that they may be kept for long: a changed link asks for its own.
 *
 * @throws as `read` does, where nothing may stand in for them.
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
