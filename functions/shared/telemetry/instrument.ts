import type { Context } from 'aws-lambda'
import type { Clock, RandomBytes } from '../clock.ts'
import { deadlineSignal } from '../resilience/deadline.ts'
import { startTimer } from '../resilience/timer.ts'
import { EmbeddedMetrics, type LogFields } from './log-fields.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { continueTrace, type TraceContext, type TraceSources } from './trace.ts'

/** The context of an invocation. */
export interface Invocation {
  /** A logger whose lines have the correlation id and the trace. */
  logger: Logger
  trace: TraceContext
  /** Aborts shortly before the function times out: pass it to every call. */
  signal: AbortSignal
  /** Adds fields to the line that ends the invocation. */
  describe: (fields: LogFields) => void
}

/** The ids that an event carries. */
export interface Correlation extends TraceSources {
  /** The same for all effects of one request, such as API Gateway's request id. */
  correlationId: string
}

export interface InstrumentOptions {
  /** The function's logger: an invocation adds its ids to every line that is logged while it lasts. */
  logger: Logger
  now: Clock
  randomBytes: RandomBytes
  /** Metrics, which are written with the line that ends the invocation. */
  metrics?: Pick<Metrics<string>, 'hasStoredMetrics' | 'serializeMetrics' | 'clearMetrics'>
}

/** The part of the function's time that is reserved to respond and to log. */
const RESERVE_MS = 500

/**
 * Wraps the work of a function with a deadline, the trace, and one line per invocation with cold start, outcome and
 * latency. An error is logged once and rethrown.
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

/** Takes the stored metrics, to be written with the last line instead of a line of their own. */
function embedded(metrics: InstrumentOptions['metrics']): LogFields {
  if (!metrics?.hasStoredMetrics()) return {}
  const emf = metrics.serializeMetrics()
  metrics.clearMetrics()
  return { metrics: new EmbeddedMetrics(emf) }
}
