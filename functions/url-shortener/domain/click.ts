/** A visit that is counted, as the redirect hands it over. */
export interface Click {
  /** The id of the visitor's request: the same however often the click is sent or delivered. */
  readonly id: string
  readonly code: string
  readonly tenant: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** True for a prefetch, which is counted among the bots. */
  readonly isPrefetch: boolean
  /** The visitor's hash of the day, 8 bytes as base64url; `null` if it could not be computed. */
  readonly visitor: string | null
  /** The beginning of the visitor's User-Agent. */
  readonly userAgent: string
  /** The host of the page that led here; `null` if the visitor's browser names none. */
  readonly referrer: string | null
  /** ISO 3166-1 alpha-2, or `unknown`. */
  readonly country: string
}

/** Asks for the event of the clicks of a link that no event has published yet. */
export interface DueEvent {
  readonly due: { readonly code: string; readonly tenant: string }
}

/** Names the UTC day of a time in milliseconds, as in `2026-03-12`; names sort by time. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/**
 * The number of items over which the counts of a busy link or tenant are spread. Most need one: another is only used
 * where functions get into each other's way.
 */
export const CLICK_SHARDS = 8

/** The time for which counts are kept: 25 months. */
export const COUNTS_KEPT_MS = 775 * 86_400_000
