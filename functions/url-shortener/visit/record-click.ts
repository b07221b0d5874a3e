import type { Clock } from '../../shared/clock.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { Click } from '../domain/click.ts'
import type { Link } from '../domain/link.ts'
import type { Visit } from './visit-link.ts'
import type { HashVisitor } from './visitor-hash.ts'

/** Hands a click over to those who count it. Sent twice, it counts once. */
export type SendClick = (click: Click, signal: AbortSignal) => Promise<void>

/** Records a click, and never fails a visit. */
export type RecordClick = (
  click: { visit: Visit; link: Pick<Link, 'code' | 'tenant'> },
  signal: AbortSignal,
) => Promise<void>

export interface RecordClickDeps {
  send: SendClick
  hashVisitor: HashVisitor
  now: Clock
  startTimer: StartTimer
  count: (metric: 'ClicksLost') => void
}

/** The longest time that a visitor waits for it. */
export const RECORD_CLICK_MS = 100

/**
 * Records a click while the visitor waits, because Lambda freezes the function after its response. A click that can't be
 * handed over in time is counted as lost. It is not given up: it may arrive while the function answers the next visitor.
 */
export function recordClick({ send, hashVisitor, now, startTimer, count }: RecordClickDeps): RecordClick {
  const limited = timeout({ ms: RECORD_CLICK_MS, startTimer })
  return async ({ visit, link: { code, tenant } }, signal) => {
    const at = now()
    try {
      await limited(async () => {
        // Bots are recognised when clicks are counted: the pattern for that is large.
        const { isPrefetch, country, network, userAgent, referrer } = await visit.located(signal)
        // Visitors who can't be told apart are still counted.
        const visitor = await hashVisitor({ network, userAgent, at }, signal).catch(() => null)
        const click = {
          id: visit.cause.correlationId,
          code,
          tenant,
          at,
          isPrefetch,
          visitor,
          userAgent,
          referrer,
          country,
        }
        await send(click, signal)
      }, signal)
    } catch {
      count('ClicksLost')
    }
  }
}
