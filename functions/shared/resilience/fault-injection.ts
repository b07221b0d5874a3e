import type { Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import { type Fault, type FaultError, parseFaults } from './parse-faults.ts'
import { type Policy, run } from './policy.ts'
import { type StartTimer, sleep } from './timer.ts'

export interface FaultEvent {
  type: 'injected'
  fault: Fault
}

export interface FaultInjectionOptions {
  /** The value of an environment variable: see `parseFaults`. Absent or empty: nothing is injected. */
  faults: string | undefined
  startTimer: StartTimer
  random: Random
  onEvent?: (event: FaultEvent) => void
  /** Ends the process, for the fault `crash`. @default process.exit(1) */
  endProcess?: () => void
}

/**
 * Makes operations slow, fail, lose their answer or end the process on purpose, for tests and game days. The function it returns gives the policy of one
 * named operation; place it innermost, around what a store exports: the errors are those that a store throws. An
 * operation without a fault gets `run`, which does nothing.
 *
 * The first of an operation's faults that hits is injected.
 *
 * @throws AppError `invalid-input` naming the field of `faults` that is wrong.
 */
export function faultInjection(options: FaultInjectionOptions): (operation: string) => Policy {
  const { startTimer, random, onEvent, endProcess = () => process.exit(1) } = options
  if (!options.faults) return () => run
  const faults = parseFaults(options.faults).map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }))
  return (name) => {
    const candidates = faults.filter(({ fault }) => fault.operation === name)
    if (candidates.length === 0) return run
    return (operation, signal) =>
      run(async (inner) => {
        const hit = candidates.find(({ fault, left }) => left > 0 && random() < fault.rate)
        if (!hit) return operation(inner)
        hit.left--
        onEvent?.({ type: 'injected', fault: hit.fault })
        const { latencyMs, error } = hit.fault
        if (latencyMs) await sleep({ ms: latencyMs, signal: inner, startTimer })
        inner.throwIfAborted()
        if (error === 'crash') endProcess()
        if (error === 'lost') await operation(inner)
        if (error) throw injectedError(error, name)
        return operation(inner)
      }, signal)
  }
}

/** Names causes as the SDK does: a predicate that checks the cause finds what it would in a real failure. */
const CAUSES = {
  throttle: 'ThrottlingException',
  timeout: 'TimeoutError',
  server: 'InternalServerError',
  lost: 'TimeoutError',
  crash: 'ProcessEnded',
}
/** Errors after which the caller can't know whether the call was made. */
const UNKNOWN_OUTCOME: readonly FaultError[] = ['timeout', 'lost']

function injectedError(error: FaultError, operation: string): AppError {
  const cause = new Error(`Injected fault: ${error} of ${operation}`)
  cause.name = CAUSES[error]
  return new AppError(UNKNOWN_OUTCOME.includes(error) ? 'timed-out' : 'dependency-failed', cause.message, {
    cause,
    retryable: true,
  })
}
