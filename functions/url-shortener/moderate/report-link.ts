import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'

/** A complaint about a link. Its sender is not stored. */
export interface Report {
  /** The id of the operation, which also identifies the report. */
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
   * Decides whether a report of a code is among the few that are stored. Each is a write of the link: without a limit,
   * reports from many addresses would keep the tenant from changing, blocking or deleting it.
   */
  mayBeKept: (code: string, signal: AbortSignal) => Promise<boolean>
  /** Stores a report. It takes as long for a code without a link. */
  store: (report: Report, signal: AbortSignal) => Promise<'stored' | 'unknown'>
  newOperationId: () => string
  now: Clock
}

export type ReportLink = (
  input: Pick<Report, 'code' | 'reason' | 'cause'>,
  signal: AbortSignal,
) => Promise<'stored' | 'unknown' | 'dropped'>

const KEPT_MS = 90 * 24 * 60 * 60 * 1000

/** Reports a link. Dropped reports are no loss: the stored ones name the link already. */
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
