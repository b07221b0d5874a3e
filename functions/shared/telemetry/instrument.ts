import type { Context } from 'aws-lambda'
import type { Clock, RandomBytes } from '../clock.ts'
import { deadlineSignal } from '../resilience/deadline.ts'
import { startTimer } from '../resilience/timer.ts'
import { EmbeddedMetrics, type LogFields } from './log-fields.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { continueTrace, type TraceContext, type TraceSources } from './trace.ts'

/** What a handler knows of its invocation beside the event. */
export interface Invocation {
  /** Its lines can be found by correlation id and by trace. */
  logger: Logger
  trace: TraceContext
  /** Aborts shortly before Lambda would kill the function: hand it to every call. */
  signal: AbortSignal
  /** Adds to the line that ends the invocation. */
  describe: (fields: LogFields) => void
}

/** What an event says of where it comes from. */
export interface Correlation extends TraceSources {
  /** The same for everything that one request causes, as in API Gateway's request id. */
  correlationId: string
}

export interface InstrumentOptions {
  /** The function's own: an invocation puts its ids on all that is logged while it lasts. */
  logger: Logger
  now: Clock
  randomBytes: RandomBytes
  /** Counts that ride on the line that ends the invocation. */
  metrics?: Pick<Metrics<string>, 'hasStoredMetrics' | 'serializeMetrics' | 'clearMetrics'>
}

/** Kept back of the function's time to answer and log. */
const RESERVE_MS = 500

/**
 * What every function does around its work: a deadline, the trace, and one line an invocation with cold start, outcome
 * and latency. An error is logged once and thrown on.
 */
export function instrument({ logger, now, randomBytes, metrics }: InstrumentOptions) {
  let coldStart = true

  return <Event, Result>(
    correlate: (event: Event) => Correlation,
    handle: (event: Event, invocation: Invocation) => Promise<Result>,
  ) =>
    async (event: Event, context: Context): Promise<Result> => {
      const start = now()
      const { correlationId, ...sources } = correlate(event)
      const trace = continueTrace(sources, randomBytes)
      logger.appendKeys({
        cold_start: coldStart,
        function_name: context.functionName,
        function_request_id: context.awsRequestId,
        correlation_id: correlationId,
        trace_id: trace.traceId,
        span_id: trace.spanId,
        parent_span_id: trace.parentSpanId,
      })
      coldStart = false
      let described: LogFields = { outcome: 'ok' }
      const describe = (fields: LogFields) => {
        described = { ...described, ...fields }
      }
      const remainingMs = context.getRemainingTimeInMillis()
      const deadline = deadlineSignal({ remainingMs, reserveMs: RESERVE_MS, startTimer })
      try {
        return await handle(event, { logger, trace, signal: deadline.signal, describe })
      } catch (error) {
        describe({ outcome: 'failed' })
        logger.error('invocation failed', { error })
        throw error
      } finally {
        deadline.dispose()
        logger.info('invocation', { ...described, latency_ms: now() - start, ...embedded(metrics) })
        logger.resetKeys()
      }
    }
}

/** What was counted, to ride on the last line instead of one of its own; then it is forgotten. */
function embedded(metrics: InstrumentOptions['metrics']): LogFields {
  if (!metrics?.hasStoredMetrics()) return {}
  const emf = metrics.serializeMetrics()
  metrics.clearMetrics()
  return { metrics: new EmbeddedMetrics(emf) }
}
