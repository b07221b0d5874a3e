import { createCache } from '../../shared/cache/cache.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import { startTimer } from '../../shared/resilience/timer.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import type { Link, LinkEnd } from '../domain/link.ts'

/**
 * Marks that a link has come to its end, once: of two at the same time one does it, and of a link that was changed
 * since it was read, nobody. The ETag stays: nobody changed what the link is.
 */
export type TellEnd = (
  ending: Pick<Link, 'code' | 'version'> & { end: LinkEnd; cause: Cause },
  signal: AbortSignal,
) => Promise<'told' | 'left'>

export interface TellInPassingOptions {
  tellEnd: TellEnd
  logger: Logger
  now: Clock
  random: Random
}

/** Tells that a link has come to its end, and never fails a visit. */
export type TellInPassing = (...told: Parameters<TellEnd>) => Promise<void>

/** How long a visitor waits for it at most. */
const TRY_MS = 1000
/** Longer than a link is remembered as it was before. */
const TOLD_MS = 60_000

/**
 * Tells an end while a visitor waits. It is told once: not by each of the visits that meet it before the table's
 * answer is the new one. A failure is logged and forgotten; the next visit tries again, and else the hourly sweep.
 */
export function tellInPassing({ tellEnd, logger, now, random }: TellInPassingOptions): TellInPassing {
  const told = createCache<string>({ ttlMs: TOLD_MS, maxEntries: 1000, now, random })
  const limited = timeout({ ms: TRY_MS, startTimer })
  return async (ending, signal) => {
    const { code, version, end, cause } = ending
    try {
      await told.get(`${code} ${version}`, (inner) => limited((tried) => tellEnd(ending, tried), inner), signal)
    } catch (error) {
      logger.error('end of link not told', { code, end, correlation_id: cause.correlationId, error })
    }
  }
}
