import type { Context, ScheduledEvent } from 'aws-lambda'
import { AppError } from '../../shared/errors.ts'
import { type InstrumentOptions, instrument } from '../../shared/telemetry/instrument.ts'
import { type FireTimers, sweepTimers, type TimerStore } from '../../shared/timers/sweep-timers.ts'
import { readTurn, type SendTurns, type Turn } from './turn.ts'

export interface SweepOptions extends InstrumentOptions {
  store: TimerStore
  send: SendTurns
  /** The time after which a run begins nothing more, in milliseconds. */
  budgetMs: number
}

/**
 * Creates the Lambda function of a schedule that hands timers to the workers when they are due. It throws when something
 * failed, so that Lambda runs it again: all of it may be repeated.
 */
export function createSweep({ store, send, budgetMs, ...telemetry }: SweepOptions) {
  const { now } = telemetry
  const correlate = ({ id }: Partial<ScheduledEvent>) => ({ correlationId: id ?? 'by hand' })
  return instrument(telemetry)(correlate, async (event: Partial<ScheduledEvent>, { signal, logger, describe }) => {
    const sweep = sweepTimers({
      store,
      fire: createFire(send, (error) => logger.error('timer not readable', { error })),
      now,
      onFailure: (_, error) => logger.error('timers not swept', { error }),
    })
    const scheduledAt = event.time === undefined ? null : Date.parse(event.time)
    const { fired, failed, isComplete } = await sweep({ scheduledAt, until: now() + budgetMs }, signal)
    describe({ messages: fired, failed, complete: isComplete })
    if (failed > 0) throw new AppError('dependency-failed', `${failed} timers failed`)
  }) satisfies (event: Partial<ScheduledEvent>, context: Context) => Promise<void>
}

/** Creates what hands timers over. One that can't be read would be retried for ever: it is logged and dropped. */
function createFire(send: SendTurns, onUnreadable: (error: unknown) => void): FireTimers {
  return async (timers, signal) => {
    const turns: Turn[] = []
    for (const { message } of timers) {
      try {
        turns.push(readTurn(JSON.parse(message)))
      } catch (error) {
        onUnreadable(error)
      }
    }
    await send(turns, signal)
    return new Set(timers.map(({ id }) => id))
  }
}
