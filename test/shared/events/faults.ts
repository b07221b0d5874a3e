import fc from 'fast-check'
import { AppError } from '../../../functions/shared/errors.ts'
import type { StartTimer } from '../../../functions/shared/resilience/timer.ts'

/** What becomes of one call to a service. `killed`: Lambda ends the function there, before or after the call's effect. */
export type Fate = 'ok' | 'request-lost' | 'answer-lost' | 'killed-before' | 'killed-after'

export interface Call {
  fate: Fate
  /** How many turns of other work it lets pass. */
  turns: number
}

const FAULTS = ['request-lost', 'answer-lost', 'killed-before', 'killed-after'] as const

/** The calls of a bad day, in the order in which they are made; after them all goes well. */
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

/** One life of a function: from its invocation to its end, or to its death. */
export interface Life {
  /** A call to a service, with this effect there. The dead make none. */
  call: <Result>(effect: () => Result) => Promise<Result>
  live: <Result>(invocation: Promise<Result>) => Promise<Ending<Result>>
}

export const unavailable = () => new AppError('dependency-failed', 'down', { retryable: true })

/** Lives that share a bad day. */
export function lives(calls: readonly Call[]): { born: () => Life; end: () => void } {
  const left = [...calls]
  // The dead wait for the end of the run, which lets go of what they hold.
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
