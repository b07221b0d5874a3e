import { createCache } from '../shared/cache/cache.ts'
import { type DeletedLink, isDeleted, isGuarded, type Link } from './link.ts'
import { mayHaveLink } from './link-code.ts'

export interface ResolveLinkDeps {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  /** Milliseconds since the epoch. */
  now: () => number
  /** From 0 up to, but not, 1. */
  random: () => number
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
