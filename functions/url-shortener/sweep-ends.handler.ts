import type { Context, ScheduledEvent } from 'aws-lambda'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { AppError } from '../shared/errors.ts'
import { instrument } from '../shared/telemetry/instrument.ts'
import { formatTraceparent } from '../shared/telemetry/trace.ts'
import { type SweepEndsDeps, sweepEnds } from './ends/sweep-ends.ts'
import { createEndsIndex } from './store/ends-index.ts'
import { createRecordEnd } from './store/record-end.ts'

/** Kept back of the function's time for the links that are begun: two calls each, with their tries. */
const RESERVE_MS = 15_000

const runtime = createTableRuntime('url-shortener-sweep-ends')
const { table, now, random, telemetry, newId } = runtime
const budgetMs = Number(requiredEnv('TIMEOUT_MS')) - RESERVE_MS
const deps = {
  index: createEndsIndex({ ...table, random }),
  recordEnd: createRecordEnd({ ...table, newOperationId: newId, now }),
  now,
  random,
}

const correlate = ({ id }: Partial<ScheduledEvent>) => ({ correlationId: id ?? 'by hand' })

export const handler: (event: Partial<ScheduledEvent>, context: Context) => Promise<void> = instrument(telemetry)(
  correlate,
  async (event, { logger, trace, signal, describe }) => {
    const cause = { ...correlate(event), causationId: null, traceparent: formatTraceparent(trace) }
    const onFailure: SweepEndsDeps['onFailure'] = (place, error) =>
      logger.error('end not recorded', { ...place, error })
    const result = await sweepEnds({ ...deps, onFailure })({ until: now() + budgetMs, cause }, signal)
    const { expired, exhausted, failed, isComplete } = result
    describe({ expired, exhausted, failed, complete: isComplete })
    if (failed === 0 && isComplete) return
    // Lambda then begins again, which does nothing twice, and an alarm rings.
    throw new AppError('dependency-failed', `${failed} failed, and the run was ${isComplete ? '' : 'not '}complete`)
  },
)
