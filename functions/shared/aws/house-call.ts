import { optionalEnv } from '../config/env.ts'
import { type CircuitBreakerEvent, circuitBreaker } from '../resilience/circuit-breaker.ts'
import { type FaultEvent, faultInjection } from '../resilience/fault-injection.ts'
import { isTransient, type Policy, pipe } from '../resilience/policy.ts'
import { type RetryEvent, retry } from '../resilience/retry.ts'
import { retryBudget } from '../resilience/retry-budget.ts'
import { type TimeoutEvent, timeout } from '../resilience/timeout.ts'
import { startTimer } from '../resilience/timer.ts'
import { failureRate } from '../resilience/trip-rule.ts'
import type { LogFields } from '../telemetry/log-fields.ts'
import type { Logger } from '../telemetry/logger.ts'
import { isThrottle } from './aws-error.ts'
import { lambdaEnvironment } from './environment.ts'
import { createJsonCall, type JsonService } from './json-call.ts'

export interface CallOptions {
  /** The invocation's deadline. */
  signal?: AbortSignal | undefined
  /** For what must not happen twice (an ADD), or has tries of its own: it is tried once, and its outcome may be unknown. */
  once?: boolean
  /** How long the only try of such a call may take, in milliseconds: no other comes after it. @default as any try */
  onceMs?: number
}

/** What the policies did, for logs and metrics. */
export type CallEvent = RetryEvent | TimeoutEvent | CircuitBreakerEvent | FaultEvent

/** What a client of an AWS service needs of its function. */
export interface ClientOptions {
  /** Milliseconds since the epoch. */
  now: () => number
  /** From 0 up to, but not, 1. */
  random: () => number
  onEvent?: (event: CallEvent) => void
  /** How long a try may take, in milliseconds. @default the client's own, which fits AWS */
  tryMs?: number
}

export interface HouseCallOptions extends ClientOptions {
  service: JsonService
  /** As in `DYNAMODB`, of the variable that names an endpoint for it alone (`AWS_ENDPOINT_URL_DYNAMODB`). */
  variable: string
  tryMs: number
}

export type HouseCall = (operation: string, input: object, options?: CallOptions) => Promise<Record<string, unknown>>

/**
 * A client of one AWS service in the function's own region, account and role, under the house policies: a limit for
 * each try, up to 3 tries within the client's retry budget, and a circuit breaker for the environment. Make one a
 * function: the policies share what they learn.
 *
 * @returns a call that throws AwsError when the service refuses, AppError (retryable) when it fails, throttles or is
 * out of reach.
 */
export function createHouseCall({ service, variable, now, random, onEvent, ...options }: HouseCallOptions): HouseCall {
  // A local cloud shares a machine with all functions, and may need longer than AWS ever does.
  const tryMs = Number(optionalEnv('TRY_MS') ?? options.tryMs)
  const call = createJsonCall({ service, ...lambdaEnvironment(variable), now })
  const events = onEvent && { onEvent }
  const timed = (ms: number) => timeout({ ms, startTimer, ...events })
  const breaker = circuitBreaker({
    openMs: 2000,
    tripRule: failureRate({ windowSize: 20, minCalls: 10, rate: 0.8 }),
    // One breaker serves all keys: a throttled one is no outage.
    isFailure: (error) => isTransient(error) && !isThrottle(error),
    now,
    ...events,
  })
  const budget = retryBudget({ ratio: 0.2, perSecond: 1, reserve: 10, now })
  const retried = retry({ maxAttempts: 3, baseMs: 25, capMs: 250, budget, startTimer, random, ...events })
  const faultsOf = faultInjection({ faults: optionalEnv('FAULTS'), startTimer, random, ...events })

  const many: Policy = pipe(retried, breaker, timed(tryMs))
  const onceWithin = (ms: number): Policy => pipe(breaker, timed(ms))
  const once = onceWithin(tryMs)
  const policyOf = ({ once: isOnce, onceMs }: CallOptions) => {
    if (!isOnce) return many
    return onceMs === undefined ? once : onceWithin(onceMs)
  }
  return (operation, input, options = {}) =>
    policyOf(options)(
      (inner) => faultsOf(`${service.name}.${operation}`)((innermost) => call(operation, input, innermost), inner),
      options.signal,
    )
}

/** Logs what a person should know of a service's policies: not each retry, but what came of them. */
export function logCallEvents(logger: Logger, service: string): (event: CallEvent) => void {
  return (event) => {
    if (event.type === 'retrying' || event.type === 'rejected' || event.type === 'timed-out') return
    // A refusal is for the caller to judge: most are conditions that failed, which nobody has to look at.
    if (event.type === 'gave-up' && event.reason === 'not-retryable') return
    const isGood = event.type === 'closed' || event.type === 'half-opened'
    logger[isGood ? 'info' : 'warn'](`${service} ${event.type}`, fieldsOf(event))
  }
}

function fieldsOf(event: CallEvent): LogFields {
  if (event.type === 'gave-up') return { attempt: event.attempt, reason: event.reason, error: event.error }
  if (event.type === 'opened') return { open_ms: event.openMs, error: event.error }
  if (event.type !== 'injected') return {}
  const { operation, error, latencyMs } = event.fault
  return { operation, fault: error, delay_ms: latencyMs }
}
