import type { Cause } from '../shared/events/event.ts'

/** What somebody has against a link. Who it was is not kept. */
export interface Report {
  /** Also of the event. */
  id: string
  code: string
  reason: string
  /** RFC 3339 in UTC, with milliseconds. */
  reportedAt: string
  /** Seconds since the epoch. */
  expiresAt: number
  cause: Cause
}

export interface ReportLinkDeps {
  /** Takes as long for a code that has no link. */
  store: (report: Report, signal: AbortSignal) => Promise<'stored' | 'unknown'>
  newId: () => string
  /** Milliseconds since the epoch. */
  now: () => number
}

export type ReportLink = (
  input: Pick<Report, 'code' | 'reason' | 'cause'>,
  signal: AbortSignal,
) => Promise<'stored' | 'unknown'>

const KEPT_MS = 90 * 24 * 60 * 60 * 1000

export function reportLink({ store, newId, now }: ReportLinkDeps): ReportLink {
  return (given, signal) => {
    const time = now()
    const reportedAt = new Date(time).toISOString()
    return store({ ...given, id: newId(), reportedAt, expiresAt: Math.ceil((time + KEPT_MS) / 1000) }, signal)
  }
}
