import { createHmac } from 'node:crypto'
import { createCache } from '../../shared/cache/cache.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import { dayOf } from '../domain/click.ts'

/** Returns the random salt of a UTC day, the same for all functions. It is deleted after the day. */
export type ReadSalt = (day: string, signal: AbortSignal) => Promise<Uint8Array>

/** Returns 8 bytes as base64url that tell visitors of a UTC day apart. Rejects as `ReadSalt` does. */
export type HashVisitor = (
  visitor: { network: string; userAgent: string; at: number },
  signal: AbortSignal,
) => Promise<string>

export interface VisitorHashDeps {
  readSalt: ReadSalt
  now: Clock
  random: Random
}

const DAY_MS = 86_400_000

/**
 * Creates the hash of visitors: a visitor is an address with a browser, and is another one each day. Nobody can compute
 * a hash again once the salt of its day is deleted. `prepare` reads the salt before the first visit.
 */
export function createVisitorHash({ readSalt, now, random }: VisitorHashDeps): {
  hashVisitor: HashVisitor
  prepare: (signal: AbortSignal) => Promise<void>
} {
  const salts = createCache<Uint8Array>({ ttlMs: DAY_MS, maxEntries: 2, now, random })
  const saltOf = (day: string, signal: AbortSignal) => salts.get(day, (inner) => readSalt(day, inner), signal)
  return {
    async hashVisitor({ network, userAgent, at }, signal) {
      const salt = (await saltOf(dayOf(at), signal)) ?? ''
      const digest = createHmac('sha256', salt).update(`${network}\n${userAgent}`).digest()
      return digest.toString('base64url', 0, 8)
    },
    async prepare(signal) {
      await saltOf(dayOf(now()), signal)
    },
  }
}
