import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'

/** What somebody has against a link. Who it was is not kept. */
export interface Report {
  /** Names the report, too. */
  operationId: string
  code: string
  reason: string
  /** RFC 3339 in UTC, with milliseconds. */
  reportedAt: string
  /** Seconds since the epoch. */
  expiresAt: number
  cause: Cause
}

export interface ReportLinkDeps {
  /**
   * Whether a report of a code is one of the few that are kept. Each is a write of the link: without a bound, reports
   * from many addresses would get in the way of the tenant, who then could neither change, block nor delete the link.
   */
  mayBeKept: (code: string, signal: AbortSignal) => Promise<boolean>
  /** Takes as long for a code that has no link. */
  store: (report: Report, signal: AbortSignal) => Promise<'stored' | 'unknown'>
  newOperationId: () => string
  now: Clock
}

export type ReportLink = (
  input: Pick<Report, 'code' | 'reason' | 'cause'>,
  signal: AbortSignal,
) => Promise<'stored' | 'unknown' | 'dropped'>

const KEPT_MS = 90 * 24 * 60 * 60 * 1000

/** What is dropped is no news: who reads the others knows of the link. */
export function reportLink({ mayBeKept, store, newOperationId, now }: ReportLinkDeps): ReportLink {
  return async (given, signal) => {
    if (!(await mayBeKept(given.code, signal))) return 'dropped'
    const time = now()
    const reportedAt = new Date(time).toISOString()
    return store(
      { ...given, operationId: newOperationId(), reportedAt, expiresAt: Math.ceil((time + KEPT_MS) / 1000) },
      signal,
    )
  }
}
