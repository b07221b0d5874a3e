import { createCache } from '../../shared/cache/cache.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import { startTimer } from '../../shared/resilience/timer.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import type { Link, LinkEnd } from '../domain/link.ts'

/**
 * Records the end of a link, together with its event, once: of two concurrent calls one records it, and none does if
 * the link was changed since it was read. The link keeps its ETag, because its definition has not changed.
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

/** Records the end of a link, and never fails a visit. */
export type RecordEndOnVisit = (...ending: Parameters<RecordEnd>) => Promise<void>

/** The longest time that a visitor waits for it. */
const TRY_MS = 1000
/** Longer than an environment caches the link as it was before. */
const RECORDED_MS = 60_000

/**
 * Records an end while a visitor waits. Visits that find the same end before the environment reads the changed link
 * share one write. A failure is only logged: the next visit retries, or else the hourly sweep.
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
