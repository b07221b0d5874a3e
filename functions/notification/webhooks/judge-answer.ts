import type { PostResult } from '../../shared/outbound/post.ts'
import type { SendResult } from '../domain/provider.ts'

/** The status by which an endpoint says that it wants no more. */
const GONE = 410

/** Returns what an answer says of a webhook: only 2xx is a success, and a redirect is none. */
export function judgeAnswer(result: PostResult, now: number): SendResult {
  switch (result.outcome) {
    case 'refused':
      return { outcome: 'refused', reason: 'address-refused', gone: false }
    case 'not-sent':
      return { outcome: 'unavailable', reason: result.reason }
    case 'unknown':
      return { outcome: 'unknown', reason: result.reason }
    case 'answered':
      return judgeStatus(result, now)
  }
}

function judgeStatus({ status, headers }: Extract<PostResult, { outcome: 'answered' }>, now: number): SendResult {
  if (status >= 200 && status < 300) return { outcome: 'delivered', providerId: null }
  if (status === GONE) return { outcome: 'refused', reason: 'gone', gone: true }
  const wait = retryAfterMs(headers['retry-after'], now)
  return { outcome: 'unavailable', reason: `http-${status}`, ...(wait !== undefined && { retryAfterMs: wait }) }
}

/** Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date. Anything else, and the past, asks for nothing. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // A date begins with the name of its day, so that no other text that `Date` understands is taken for one.
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN
  return date > now ? date - now : undefined
}
