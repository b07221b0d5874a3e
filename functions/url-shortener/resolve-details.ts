import { createCache } from '../shared/cache/cache.ts'
import { type Link, type LinkDetails, NO_DETAILS } from './domain/link.ts'

export interface ResolveDetailsDeps {
  read: (code: string, signal: AbortSignal) => Promise<LinkDetails>
  /** Milliseconds since the epoch. */
  now: () => number
  /** From 0 up to, but not, 1. */
  random: () => number
}

/** The details of a link as it was read. */
export type ResolveDetails = (link: Pick<Link, 'code' | 'version'>, signal: AbortSignal) => Promise<LinkDetails>

const TTL_MS = 300_000
/** Twice as long: whatever link is served in an outage, details that were good enough at its last visit still are. */
const OUTAGE_MS = 2 * TTL_MS
/** Ten rules with long URLs are some 20 KB. */
const MAX_DETAILS = 200

/**
 * Details change only with the link's version, so that they may be kept for long: a changed link asks for its own.
 *
 * @throws as `read` does, where nothing may stand in for them.
 */
export function resolveDetails({ read, now, random }: ResolveDetailsDeps): ResolveDetails {
  const memory = createCache<LinkDetails>({
    ttlMs: TTL_MS,
    staleIfErrorMs: OUTAGE_MS,
    maxEntries: MAX_DETAILS,
    now,
    random,
  })
  return async ({ code, version }, signal) => {
    const details = await memory.get(`${code} ${version}`, (inner) => read(code, inner), signal)
    return details ?? NO_DETAILS
  }
}
