import type { Logger } from '../telemetry/logger.ts'
import type { LimiterOptions } from './limiter.ts'
import type { Limit } from './policy.ts'

/**
 * Creates a limiter that is loaded when it is first asked, for a function that few of its invocations need one for: a
 * cold start without it is faster. It logs that a policy's `onError` decided.
 */
export function lazyLimiter({ logger, ...options }: Omit<LimiterOptions, 'onDegraded'> & { logger: Logger }): Limit {
  let loaded: Promise<Limit> | undefined
  return async (checks, signal) => {
    loaded ??= import('./limiter.ts').then(({ createLimiter, logDegraded }) =>
      createLimiter({ ...options, onDegraded: logDegraded(logger) }),
    )
    return (await loaded)(checks, signal)
  }
}
