import type { Clock } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import {
  type DenialMessage,
  type DenialReport,
  MAX_DENIED_SUBJECTS,
  MINUTE_KEPT_MS,
  type PolicyMinute,
  startOf,
} from '../domain/denials.ts'
import { createHeavyHitters, type Hitter } from '../domain/heavy-hitters.ts'

/** The denials of a policy in a minute, as far as they were reported. */
export interface DenialMinute extends PolicyMinute {
  readonly hitters: readonly Hitter[]
  /** Decisions that `onError` made. */
  readonly degraded: number
  /** The ids of the messages that are counted in it. */
  readonly messageIds: readonly string[]
}

export interface DenialMinutes {
  /** Reads what is there now. */
  read: (id: PolicyMinute, signal: AbortSignal) => Promise<DenialMinute | undefined>
  /** Writes if there is still what was read; else answers what is there. */
  write: (
    change: { minute: DenialMinute; before: DenialMinute | undefined },
    signal: AbortSignal,
  ) => Promise<{ outcome: 'written' } | { outcome: 'raced'; found: DenialMinute | undefined }>
}

/** Schedules the publication of a minute's events for after its end. Scheduling the same minute twice does no harm. */
export type PublishLater = (minute: PolicyMinute, signal: AbortSignal) => Promise<void>

export interface CountDenialsDeps extends DenialMinutes {
  publishLater: PublishLater
  now: Clock
}

/** `late`: nobody asks for that minute any more; `full`: the minute has as many reports as it can remember. */
export type CountOutcome = 'counted' | 'repeated' | 'late' | 'full'

export type CountDenials = (message: DenialMessage, signal: AbortSignal) => Promise<CountOutcome[]>

/** Environments that count by one policy in the same minute, times six. */
const MAX_REPORTS = 1000
const MAX_TRIES = 10

/**
 * Adds the reports of a message to the minutes that they are about. Each minute remembers the ids of its messages, so
 * that a message counts once, however often and in whatever order messages come. The events of a minute are published
 * later.
 *
 * @throws AppError (retryable) when others keep changing the same minute.
 */
export function countDenials({ read, write, publishLater, now }: CountDenialsDeps): CountDenials {
  const countOne = async (id: string, report: DenialReport, signal: AbortSignal): Promise<CountOutcome> => {
    if (startOf(report.minute) + MINUTE_KEPT_MS <= now()) return 'late'
    let before = await read(report, signal)
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (before?.messageIds.includes(id)) return 'repeated'
      if (before && before.messageIds.length >= MAX_REPORTS) return 'full'
      // Before the minute is there: whoever dies in between finds none again.
      if (!before) await publishLater(minuteNameOf(report), signal)
      const result = await write({ minute: add(before, id, report), before }, signal)
      if (result.outcome === 'written') return 'counted'
      before = result.found
    }
    throw new AppError('conflict', `The minute changed during each of ${MAX_TRIES} tries`, { retryable: true })
  }
  return async ({ id, reports }, signal) => {
    const outcomes: CountOutcome[] = []
    for (const report of reports) outcomes.push(await countOne(id, report, signal))
    return outcomes
  }
}

function minuteNameOf({ tenant, policy, minute }: PolicyMinute): PolicyMinute {
  return { tenant, policy, minute }
}

function add(before: DenialMinute | undefined, id: string, report: DenialReport): DenialMinute {
  const hitters = createHeavyHitters(MAX_DENIED_SUBJECTS, before?.hitters)
  for (const [subject, count] of report.denied) hitters.add(subject, count)
  return {
    ...minuteNameOf(report),
    hitters: hitters.list(),
    degraded: (before?.degraded ?? 0) + (report.degraded ?? 0),
    messageIds: [...(before?.messageIds ?? []), id],
  }
}
