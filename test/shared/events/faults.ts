import fc from 'fast-check'
import { AppError } from '../../../functions/shared/errors.ts'
import type { StartTimer } from '../../../functions/shared/resilience/timer.ts'

/** The fate of one call to a service. `killed`: Lambda kills the function there, before or after the call's effect. */
export type Fate = 'ok' | 'request-lost' | 'answer-lost' | 'killed-before' | 'killed-after'

export interface Call {
  fate: Fate
  /** The number of turns of other work that come first. */
  turns: number
}

const FAULTS = ['request-lost', 'answer-lost', 'killed-before', 'killed-after'] as const

/** The faulty calls, in the order in which they are made; later calls succeed. */
export const badDay = fc.array(
  fc.record({
    fate: fc.oneof(
      { weight: 3, arbitrary: fc.constant('ok' as const) },
      { weight: 2, arbitrary: fc.constantFrom(...FAULTS) },
    ),
    turns: fc.nat({ max: 4 }),
  }),
  { maxLength: 30 },
)

export type Ending<Result> =
  | { ended: 'well'; result: Result }
  | { ended: 'with an error'; error: unknown }
  | { ended: 'killed' }

/** One invocation of a function, up to its end or crash. */
export interface Life {
  /** Calls a service, with this effect there. A crashed invocation makes no call. */
  call: <Result>(effect: () => Result) => Promise<Result>
  live: <Result>(invocation: Promise<Result>) => Promise<Ending<Result>>
}

export const unavailable = () => new AppError('dependency-failed', 'down', { retryable: true })

/** Creates invocations that share the same faults. */
export function lives(calls: readonly Call[]): { born: () => Life; end: () => void } {
  const left = [...calls]
  // Crashed invocations wait for the end of the run, which releases them.
  const end = Promise.withResolvers<never>()
  end.promise.catch(() => {})

  function born(): Life {
    let isDead = false
    const death = Promise.withResolvers<Ending<never>>()
    const die = () => {
      isDead = true
      death.resolve({ ended: 'killed' })
      return end.promise
    }
    return {
      async call(effect) {
        if (isDead) return end.promise
        const { fate, turns } = left.shift() ?? { fate: 'ok', turns: 0 }
        for (let turn = 0; turn < turns; turn++) await Promise.resolve()
        if (isDead) return end.promise
        if (fate === 'killed-before') return die()
        if (fate === 'request-lost') throw unavailable()
        const result = effect()
        if (fate === 'killed-after') return die()
        if (fate === 'answer-lost') throw unavailable()
        return result
      },
      live: (invocation) =>
        Promise.race([
          death.promise,
          invocation.then(
            (result) => ({ ended: 'well' as const, result }),
            (error) => ({ ended: 'with an error' as const, error }),
          ),
        ]),
    }
  }
  return { born, end: () => end.reject(unavailable()) }
}

/** Pauses take no time. */
export const atOnce: StartTimer = (callback) => {
  let isCancelled = false
  queueMicrotask(() => {
    if (!isCancelled) callback()
  })
  return () => {
    isCancelled = true
  }
}

/** For time limits that no test reaches. */
export const never: StartTimer = () => () => {}
