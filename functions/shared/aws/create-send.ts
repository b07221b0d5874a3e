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
  /** For what must not happen twice (an ADD), or has tries of its own: it is tried once, and its outcome may be unknown. */
  once?: boolean
  /** How long the only try of such a call may take, in milliseconds: no other comes after it. @default as any try */
  onceMs?: number
}

/** What the policies did, for logs and metrics. */
export type CallEvent = RetryEvent | TimeoutEvent | CircuitBreakerEvent | FaultEvent

/** What a client of an AWS service needs of its function. */
export interface ClientOptions {
  now: Clock
  random: Random
  onEvent?: (event: CallEvent) => void
  /** How long a try may take, in milliseconds. @default the client's own, which fits AWS */
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
 * @throws the SDK's exception when the service refuses (`isRefusal` tells which), AppError (retryable) when it fails,
 * throttles or is out of reach, or its tries take too long.
 */
export type Send<Config> = <Output>(command: Command<Config, Output>, options?: CallOptions) => Promise<Output>

export interface SendOptions extends ClientOptions {
  /** As in `dynamodb`: `FAULTS` names an operation by it (`dynamodb.GetItem`). */
  service: string
  tryMs: number
}

interface SdkClient {
  send: (command: never, options: { abortSignal: AbortSignal }) => Promise<unknown>
}

/**
 * Puts our policies around a client of the SDK: a limit for each try, up to 3 tries within the client's retry budget,
 * and a circuit breaker for the environment. Make one a function: the policies share what they learn.
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

/** The policies of one client, by what is asked of a call. */
function createPolicies({ now, random, onEvent, ...options }: SendOptions): (call: CallOptions) => Policy {
  // A local cloud shares a machine with all functions, and may need longer than AWS ever does.
  const tryMs = Number(optionalEnv('TRY_MS') ?? options.tryMs)
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
  const many: Policy = pipe(retried, breaker, timed(tryMs))
  const onceWithin = (ms: number): Policy => pipe(breaker, timed(ms))
  const once = onceWithin(tryMs)
  return ({ once: isOnce, onceMs }) => {
    if (!isOnce) return many
    return onceMs === undefined ? once : onceWithin(onceMs)
  }
}

/** `GetItem` of a `GetItemCommand`; a command of lib-dynamodb holds the client's own. Class names are minified away. */
function operationOf(command: object): string {
  const { schema, clientCommand } = command as { schema?: unknown; clientCommand?: unknown }
  if (Array.isArray(schema)) return String(schema[2])
  if (typeof clientCommand === 'object' && clientCommand !== null) return operationOf(clientCommand)
  throw new TypeError('This is no command of the SDK: it has no schema.')
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
