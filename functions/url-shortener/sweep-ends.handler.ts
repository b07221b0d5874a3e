import type { Context, ScheduledEvent } from 'aws-lambda'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { AppError } from '../shared/errors.ts'
import { instrument } from '../shared/telemetry/instrument.ts'
import { formatTraceparent } from '../shared/telemetry/trace.ts'
import { type SweepEndsDeps, sweepEnds } from './ends/sweep-ends.ts'
import { createEndsIndex } from './store/ends-index.ts'
import { createRecordEnd } from './store/record-end.ts'

/** The time that is reserved for links that are in progress: two calls each, with their attempts. */
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
    // Lambda then retries the run, in which everything is idempotent, and an alarm fires.
    throw new AppError('dependency-failed', `${failed} failed, and the run was ${isComplete ? '' : 'not '}complete`)
  },
)
