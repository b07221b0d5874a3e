import type { Clock } from '../../shared/clock.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { DenialMessage } from '../domain/denials.ts'
import type { DecideChecksDeps } from './decide-checks.ts'
import { createSeenMinutes } from './seen-minutes.ts'

/** Hands a message to those who count; sent twice, it counts once. */
export type SendDenials = (message: DenialMessage, signal: AbortSignal) => Promise<void>

export interface DenialReporterOptions {
  /** Loads what sends, with the first denial: most environments start without it. */
  load: () => Promise<SendDenials>
  /** The time of a decision, in milliseconds. An answer waits for a message four times as long, at most. */
  budgetMs: number
  startTimer: StartTimer
  now: Clock
  newId: () => string
  count: (metric: 'DenialReportFailed') => void
}

const SEND_BUDGETS = 4
/** An environment sends one message in this time, at most. */
const INTERVAL_MS = 10_000
/** A message that can't be sent so often is forgotten: it may never be possible. */
const MAX_TRIES = 3

/**
 * Counts the denials and fallback decisions of an environment in its memory, and sends them once in ten seconds, with the
 * first request that comes then. That request waits for a limited time; none fails. They go through SQS, because the table
 * may be what is down.
 */
export function createDenialReporter(options: DenialReporterOptions): DecideChecksDeps['report'] {
  const { load, budgetMs, startTimer, now, newId, count } = options
  const limited = timeout({ ms: SEND_BUDGETS * budgetMs, startTimer })
  const seen = createSeenMinutes(now)
  let held: { message: DenialMessage; tries: number } | undefined
  let nextAt = 0
  let loaded: SendDenials | undefined
  const send: SendDenials = async (message, signal) => {
    loaded ??= await load()
    return loaded(message, signal)
  }
  const takeMinutes = () => {
    const reports = seen.take()
    return reports.length === 0 ? undefined : { message: { id: newId(), reports }, tries: 0 }
  }

  return async (made, signal) => {
    seen.add(made)
    if (now() < nextAt) return
    held ??= takeMinutes()
    if (!held) return
    nextAt = now() + INTERVAL_MS
    const { message, tries } = held
    try {
      await limited((inner) => send(message, inner), signal)
      held = undefined
    } catch {
      // It may have arrived: it keeps its id.
      held = tries + 1 < MAX_TRIES ? { message, tries: tries + 1 } : undefined
      count('DenialReportFailed')
    }
  }
}
