import type { Clock, Random } from '../clock.ts'
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
import { isThrottle, toCallError } from './call-errors.ts'

export interface CallOptions {
  /** The invocation's deadline. */
  signal?: AbortSignal | undefined
  /**
   * Disables retries, for a call that must not happen twice (an ADD) or that its caller retries. Its outcome may be
   * unknown.
   */
  once?: boolean
  /** The timeout of the only attempt of such a call, in milliseconds. @default the timeout of any attempt */
  onceMs?: number
}

/** An event of one of the policies, for logs and metrics. */
export type CallEvent = RetryEvent | TimeoutEvent | CircuitBreakerEvent | FaultEvent

/** The dependencies of a client of an AWS service. */
export interface ClientOptions {
  now: Clock
  random: Random
  onEvent?: (event: CallEvent) => void
  /** The timeout of an attempt, in milliseconds. @default the client's own, which suits AWS */
  tryMs?: number
}

/** A command of the SDK, as in `new GetItemCommand(input)`, for a client with this configuration. */
export interface Command<Config, Output> {
  readonly input: object
  readonly resolveMiddleware: (
    stack: never,
    configuration: Config,
    options: never,
  ) => (args: never) => Promise<{ output: Output }>
}

/**
 * Sends a command under our policies.
 *
 * @throws the SDK's exception when the service refuses (see `isRefusal`), AppError (retryable) when it fails, throttles
 * or is unreachable, or the attempts time out.
 */
export type Send<Config> = <Output>(command: Command<Config, Output>, options?: CallOptions) => Promise<Output>

export interface SendOptions extends ClientOptions {
  /** The service's name in `FAULTS`, such as `dynamodb` in `dynamodb.GetItem`. */
  service: string
  tryMs: number
}

interface SdkClient {
  send: (command: never, options: { abortSignal: AbortSignal }) => Promise<unknown>
}

/**
 * Puts our policies around a client of the SDK: a timeout for each attempt, up to 3 attempts within the client's retry
 * budget, and a circuit breaker for the environment. Create one per function, because the policies share their state.
 */
export function createSend<Config>(client: SdkClient, options: SendOptions): Send<Config> {
  const { service, random, onEvent } = options
  const policyOf = createPolicies(options)
  const faultsOf = faultInjection({
    faults: optionalEnv('FAULTS'),
    startTimer,
    random,
    ...(onEvent && { onEvent }),
  })
  const sendOnce = async (command: unknown, signal: AbortSignal) => {
    try {
      return await client.send(command as never, { abortSignal: signal })
    } catch (error) {
      throw signal.aborted ? signal.reason : toCallError(error, service)
    }
  }
  return <Output>(command: Command<Config, Output>, callOptions: CallOptions = {}) =>
    policyOf(callOptions)(
      (inner) =>
        faultsOf(`${service}.${operationOf(command)}`)(
          (innermost) => sendOnce(command, innermost) as Promise<Output>,
          inner,
        ),
      callOptions.signal,
    )
}

/** Creates the policies of one client, and returns a function that selects those of a call. */
function createPolicies({ now, random, onEvent, ...options }: SendOptions): (call: CallOptions) => Policy {
  // A local cloud shares the machine with all functions, and may be slower than AWS ever is.
  const tryMs = Number(optionalEnv('TRY_MS') ?? options.tryMs)
  const events = onEvent && { onEvent }
  const timed = (ms: number) => timeout({ ms, startTimer, ...events })
  const breaker = circuitBreaker({
    openMs: 2000,
    tripRule: failureRate({ windowSize: 20, minCalls: 10, rate: 0.8 }),
    // One breaker serves all keys: a throttled key is not an outage.
    isFailure: (error) => isTransient(error) && !isThrottle(error),
    now,
    ...events,
  })
  const budget = retryBudget({ ratio: 0.2, perSecond: 1, reserve: 10, now })
  const retried = retry({ maxAttempts: 3, baseMs: 25, capMs: 250, budget, startTimer, random, ...events })
  const many: Policy = pipe(retried, breaker, timed(tryMs))
  const onceWithin = (ms: number): Policy => pipe(breaker, timed(ms))
  const once = onceWithin(tryMs)
  return ({ once: isOnce, onceMs }) => {
    if (!isOnce) return many
    return onceMs === undefined ? once : onceWithin(onceMs)
  }
}

/**
 * Returns the operation, such as `GetItem`. A command of lib-dynamodb wraps the client's own. Class names are minified.
 */
function operationOf(command: object): string {
  const { schema, clientCommand } = command as { schema?: unknown; clientCommand?: unknown }
  if (Array.isArray(schema)) return String(schema[2])
  if (typeof clientCommand === 'object' && clientCommand !== null) return operationOf(clientCommand)
  throw new TypeError('This is not a command of the SDK: it has no schema.')
}

/** Logs the policy events that an operator needs: the outcome of retries, not each retry. */
export function logCallEvents(logger: Logger, service: string): (event: CallEvent) => void {
  return (event) => {
    if (event.type === 'retrying' || event.type === 'rejected' || event.type === 'timed-out') return
    // The caller handles a refusal: most are failed conditions, which are part of normal operation.
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
