import type { Context } from 'aws-lambda'
import { deadlineSignal } from '../resilience/deadline.ts'
import { startTimer } from '../resilience/timer.ts'
import { createLogger, errorFields, type Log, type LogFields, withFields } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { continueTrace, type TraceContext, type TraceSources } from './trace.ts'

/** What a handler knows of its invocation beside the event. */
export interface Invocation {
  /** Its lines can be found by correlation id and by trace. */
  log: Log
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
  /** As in `orders-api`. */
  service: string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Takes one finished line. */
  write: (line: string) => void
  randomBytes: (count: number) => Uint8Array
  /** Counts that ride on the line that ends the invocation. */
  metrics?: Pick<Metrics<string>, 'flush'>
}

/** Kept back of the function's time to answer and log. */
const RESERVE_MS = 500

/**
 * What every function does around its work: a deadline, the trace, and one line an invocation with cold start, outcome
 * and latency. An error is logged once and thrown on.
 */
export function instrument(options: InstrumentOptions) {
  const { now, randomBytes, metrics } = options
  const baseLog = createLogger(options)
  let coldStart = true

  return <Event, Result>(
    correlate: (event: Event) => Correlation,
    handle: (event: Event, invocation: Invocation) => Promise<Result>,
  ) =>
    async (event: Event, context: Context): Promise<Result> => {
      const start = now()
      const { correlationId, ...sources } = correlate(event)
      const trace = continueTrace(sources, randomBytes)
      const log = withFields(baseLog, {
        cold_start: coldStart,
        function_name: context.functionName,
        function_request_id: context.awsRequestId,
        correlation_id: correlationId,
        trace_id: trace.traceId,
        span_id: trace.spanId,
        ...(trace.parentSpanId && { parent_span_id: trace.parentSpanId }),
      })
      coldStart = false
      const described: LogFields = { outcome: 'ok' }
      const remainingMs = context.getRemainingTimeInMillis()
      const deadline = deadlineSignal({ remainingMs, reserveMs: RESERVE_MS, startTimer })
      try {
        const describe = (fields: LogFields) => Object.assign(described, fields)
        return await handle(event, { log, trace, signal: deadline.signal, describe })
      } catch (error) {
        described.outcome = 'failed'
        log('ERROR', 'invocation failed', errorFields(error))
        throw error
      } finally {
        deadline.dispose()
        log('INFO', 'invocation', { ...described, latency_ms: now() - start, ...metrics?.flush() })
      }
    }
}
