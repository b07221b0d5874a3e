import { stringify } from 'csv-stringify/sync'
import type { LinkState } from '../domain/link.ts'

const HEADER = ['code', 'short_url', 'url', 'title', 'tags', 'created_at', 'expires_at', 'clicks']

/**
 * Values that a spreadsheet would run as formulas get an apostrophe before them, as OWASP advises
 * (https://owasp.org/www-community/attacks/CSV_Injection). Values with any line break are quoted, as RFC 4180 requires.
 */
const OPTIONS = { escape_formulas: true, quoted_match: /[\r\n]/, record_delimiter: '\r\n' } as const

export function csvHeader(): string {
  return stringify([HEADER], OPTIONS)
}

/** @param publicUrl the start of short URLs, without a trailing slash. */
export function csvRows(states: readonly LinkState[], publicUrl: string): string {
  const rows = states.map(({ link, clicks }) => [
    link.code,
    `${publicUrl}/${link.code}`,
    link.url,
    link.title ?? '',
    link.tags.join('|'),
    link.createdAt,
    link.expiresAt ?? '',
    String(clicks),
  ])
  return stringify(rows, OPTIONS)
}
