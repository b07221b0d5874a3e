import type { Clock } from '../../shared/clock.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import { type DenialMessage, type DenialReport, MAX_DENIED_SUBJECTS, minuteOf } from '../domain/denials.ts'
import { createHeavyHitters, type HeavyHitters } from '../domain/heavy-hitters.ts'
import type { DecisionsMade } from './decide-checks.ts'

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
/** While nothing can be sent, older minutes are forgotten. */
const MAX_MINUTES = 3
/** A message that can't be sent so often is forgotten: it may never be possible. */
const MAX_TRIES = 3

/**
 * Counts the denials of an environment in its memory, and sends them once in ten seconds, with the first request that
 * comes then. That request waits for a limited time; none fails. Peeks are no denials, nor is what `onError` decided:
 * that tells of the table, and not of the subject.
 */
export function createDenialReporter(options: DenialReporterOptions) {
  const { load, budgetMs, startTimer, now, newId, count } = options
  const limited = timeout({ ms: SEND_BUDGETS * budgetMs, startTimer })
  const minutes = new Map<string, HeavyHitters>()
  let held: { message: DenialMessage; tries: number } | undefined
  let nextAt = 0
  let loaded: SendDenials | undefined
  const send: SendDenials = async (message, signal) => {
    loaded ??= await load()
    return loaded(message, signal)
  }

  const remember = ({ tenant, checks, decided: { allowed, decisions } }: DecisionsMade) => {
    if (allowed) return
    for (const [index, decision] of decisions.entries()) {
      if (decision.allowed || decision.degraded || checks[index]?.peek) continue
      hittersOf(minutes, minuteOf(now())).add(`${tenant}#${decision.policy}#${decision.subject}`, 1)
    }
  }
  const takeMinutes = () => {
    if (minutes.size === 0) return undefined
    const reports = [...minutes].flatMap(([minute, hitters]) => toReports(minute, hitters))
    minutes.clear()
    return { message: { id: newId(), reports }, tries: 0 }
  }

  return async (made: DecisionsMade, signal: AbortSignal): Promise<void> => {
    remember(made)
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

function hittersOf(minutes: Map<string, HeavyHitters>, minute: string): HeavyHitters {
  const hitters = minutes.get(minute) ?? createHeavyHitters(MAX_DENIED_SUBJECTS)
  minutes.set(minute, hitters)
  for (const oldest of minutes.keys()) {
    if (minutes.size <= MAX_MINUTES) break
    minutes.delete(oldest)
  }
  return hitters
}

/** Builds the reports of a minute, one for each policy. Neither a tenant nor a policy's name holds a `#`. */
function toReports(minute: string, hitters: HeavyHitters): DenialReport[] {
  const byPolicy = new Map<string, DenialReport & { denied: [string, number][] }>()
  for (const { key, count, error } of hitters.list()) {
    const [tenant = '', policy = '', ...subject] = key.split('#')
    const id = `${tenant}#${policy}`
    const report = byPolicy.get(id) ?? { tenant, policy, minute, denied: [] }
    report.denied.push([subject.join('#'), count - error])
    byPolicy.set(id, report)
  }
  return [...byPolicy.values()]
}
