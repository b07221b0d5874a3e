import { createCache } from '../../shared/cache/cache.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import { startTimer } from '../../shared/resilience/timer.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import type { Link, LinkEnd } from '../domain/link.ts'

/**
 * Records that a link has come to its end, together with the event of it, once: of two calls at the same time one
 * records it, and for a link that was changed since it was read none does. The ETag stays: the definition of the link
 * has not changed.
 */
export type RecordEnd = (
  ending: Pick<Link, 'code' | 'version'> & { end: LinkEnd; cause: Cause },
  signal: AbortSignal,
) => Promise<'recorded' | 'skipped'>

export interface RecordEndOnVisitOptions {
  recordEnd: RecordEnd
  logger: Logger
  now: Clock
  random: Random
}

/** Records that a link has come to its end, and never fails a visit. */
export type RecordEndOnVisit = (...ending: Parameters<RecordEnd>) => Promise<void>

/** How long a visitor waits for it at most. */
const TRY_MS = 1000
/** Longer than an environment keeps a link as it was before. */
const RECORDED_MS = 60_000

/**
 * Records an end while a visitor waits. Visits that find the same end before the environment reads the changed link
 * share one write. A failure is logged and forgotten: the next visit tries again, or else the hourly sweep.
 */
export function recordEndOnVisit({ recordEnd, logger, now, random }: RecordEndOnVisitOptions): RecordEndOnVisit {
  const recorded = createCache<string>({ ttlMs: RECORDED_MS, maxEntries: 1000, now, random })
  const limited = timeout({ ms: TRY_MS, startTimer })
  return async (ending, signal) => {
    const { code, version, end, cause } = ending
    const record = (inner: AbortSignal) => limited((tried) => recordEnd(ending, tried), inner)
    try {
      await recorded.get(`${code} ${version}`, record, signal)
    } catch (error) {
      logger.error('end of link not recorded', { code, end, correlation_id: cause.correlationId, error })
    }
  }
}
