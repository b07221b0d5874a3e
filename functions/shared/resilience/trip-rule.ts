import { checkRange } from './policy.ts'

/** Makes the memory of one closed period: it takes in each outcome, and says whether the circuit opens. */
export type TripRule = () => (failed: boolean) => boolean

export interface FailureRateOptions {
  /** The number of recent calls that count. */
  windowSize: number
  /** Fewer calls than these never open the circuit. */
  minCalls: number
  /** From 0 to 1: the part of the calls in the window that opens the circuit when it fails. */
  rate: number
}

/**
 * Opens on a failure that brings the failures among the last `windowSize` calls to `rate` (the count-based sliding
 * window of resilience4j, https://resilience4j.readme.io/docs/circuitbreaker).
 *
 * Counts and not seconds, because one environment sees few calls, and freezes between them. Rate 1 with
 * `minCalls === windowSize` is "so many failures in a row".
 *
 * @throws RangeError for an option out of range.
 */
export function failureRate({ windowSize, minCalls, rate }: FailureRateOptions): TripRule {
  checkRange({ windowSize }, 1, 1000)
  checkRange({ minCalls }, 1, windowSize)
  checkRange({ rate }, 0, 1)
  return () => {
    const outcomes: boolean[] = []
    return (failed) => {
      outcomes.push(failed)
      if (outcomes.length > windowSize) outcomes.shift()
      const failures = outcomes.filter(Boolean).length
      return failed && outcomes.length >= minCalls && failures / outcomes.length >= rate
    }
  }
}
