import { createHash } from 'node:crypto'
import type { Click } from '../../../functions/url-shortener/domain/click.ts'

export const CLICKED_AT = Date.parse('2026-05-06T07:08:09.000Z')
export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'

/** Creates a click with the fields that matter to a test. */
export function aClick(id: string | number, overrides: Partial<Click> = {}): Click {
  return {
    id: `click-${id}`,
    code: 'abc',
    tenant: 'acme',
    at: CLICKED_AT,
    isPrefetch: false,
    visitor: visitor(1),
    userAgent: FIREFOX,
    referrer: null,
    country: 'unknown',
    ...overrides,
  }
}

/** Returns the hash of a visitor. */
export function visitor(id: string | number): string {
  return hashOf(id).toString('base64url', 0, 8)
}

/** Returns a hash that is evenly distributed. */
export function hashOf(value: string | number): Buffer {
  return createHash('sha256').update(String(value)).digest()
}
