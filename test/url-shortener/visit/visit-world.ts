import { AppError } from '../../../functions/shared/errors.ts'
import type { Cause } from '../../../functions/shared/events/event.ts'
import type { DeletedLink, Link, LinkDetails } from '../../../functions/url-shortener/domain/link.ts'
import type { RecordClick } from '../../../functions/url-shortener/visit/record-click.ts'
import type { CapState } from '../../../functions/url-shortener/visit/visit-link.ts'
import { type Visit, type VisitOutcome, visitLink } from '../../../functions/url-shortener/visit/visit-link.ts'
import { aLink } from '../a-link.ts'

export const NOW = Date.parse('2026-03-12T19:03:58.005Z')
export const BEFORE = '2026-03-12T19:03:58.004Z'
export const AFTER = '2026-03-12T19:03:58.006Z'
const { signal } = new AbortController()

/** Creates the use case over one link and the state of its cap, and records its calls in order. */
export interface World {
  link?: Partial<Link>
  deleted?: DeletedLink
  details?: Partial<LinkDetails>
  cap?: CapState
}

/** @param failing calls that fail, as in `spend`. */
export function world({ link, deleted, details, cap = 'open' }: World, failing: string[] = []) {
  const calls: string[] = []
  const causes: Cause[] = []
  const clicks: Parameters<RecordClick>[0][] = []
  const called = async <Result>(call: string, result: Result): Promise<Result> => {
    calls.push(call)
    if (failing.includes(call)) throw new AppError('dependency-failed', `${call} failed`, { retryable: true })
    return result
  }
  const visit = visitLink({
    resolve: (code) => called('read', deleted ?? (code === 'abc' ? aLink(link) : undefined)),
    resolveDetails: () => called('details', { expiredUrl: null, rules: [], passwordHash: null, ...details }),
    spend: () => called('spend', cap),
    readCap: () => called('read cap', cap === 'last' || cap === 'busy' ? 'open' : cap),
    recordEnd: ({ end, version, cause }) => {
      causes.push(cause)
      return called(`record ${end} of ${version}`, undefined)
    },
    recordClick: async (click) => {
      clicks.push(click)
    },
    isUnlocked: async (cookies, { passwordId }) => called('check', cookies.includes(`unlock=${passwordId}`)),
    now: () => NOW,
  })
  return { calls, causes, clicks, visit: (visiting: Visit) => visit(visiting, signal) }
}

/** Shortens an outcome to a word, or a redirect to its status and target, as in `302 https://…`. */
export function summary(outcome: VisitOutcome): string {
  return outcome.outcome === 'redirect' ? `${outcome.status} ${outcome.url}` : outcome.outcome
}

export const TARGET = 'https://example.com/'
export const END = 'https://example.org/over'
export const PASSWORD = { passwordId: 'p1' }
export const CAP = { maxClicks: 5 }
export const EXPIRED_URL = { hasExpiredUrl: true }
