import type { Arrival } from './events-bus.ts'
import type { Load, Written } from './events-load.ts'
import { median } from './measure.ts'

/** The outcome of the events that were expected. */
export interface Audit {
  sent: number
  received: number
  lost: number
  /** Deliveries of an event after the first. */
  repeated: number
  /** Events that arrived after a later one of their subject. */
  overtaken: number
}

/** Arrivals by event. Those of other events, such as the warm-up's, are ignored. */
export type Arrivals = ReadonlyMap<string, readonly number[]>

export function byEvent(arrivals: readonly Arrival[]): Arrivals {
  const groups = Map.groupBy(arrivals, keyOf)
  return new Map([...groups].map(([key, group]) => [key, group.map(({ at }) => at)]))
}

function keyOf({ subject, sequence }: { subject: string; sequence: number }): string {
  return `${subject}#${sequence}`
}

export function audit(written: readonly Written[], arrivals: Arrivals): Audit {
  const counts = written.map((event) => arrivals.get(keyOf(event))?.length ?? 0)
  const received = counts.filter((count) => count > 0).length
  const deliveries = counts.reduce((sum, count) => sum + count, 0)
  const overtaken = written.filter((event) => isOvertaken(event, arrivals)).length
  return { sent: written.length, received, lost: written.length - received, repeated: deliveries - received, overtaken }
}

/**
 * Counts events that arrived out of order. Arrivals in the same millisecond can't be distinguished, and count as in
 * order.
 */
function isOvertaken({ subject, sequence }: Written, arrivals: Arrivals): boolean {
  const at = firstArrival({ subject, sequence }, arrivals)
  const next = firstArrival({ subject, sequence: sequence + 1 }, arrivals)
  return at > next
}

/** Returns the time of the first arrival, NaN if the event never arrived. */
function firstArrival(event: { subject: string; sequence: number }, arrivals: Arrivals): number {
  const times = arrivals.get(keyOf(event))
  return times ? Math.min(...times) : Number.NaN
}

/** Milliseconds from the start or the end of each request to the arrival of its event, for events that arrived. */
export function latencies(written: readonly Written[], from: 'startedAt' | 'answeredAt', arrivals: Arrivals): number[] {
  return written.map((event) => firstArrival(event, arrivals) - event[from]).filter((ms) => !Number.isNaN(ms))
}

/** Events a second, from the first request to the last arrival. */
export function throughput(written: readonly Written[], arrivals: Arrivals): number {
  const times = written.map((event) => firstArrival(event, arrivals)).filter((at) => !Number.isNaN(at))
  const start = Math.min(...written.map(({ startedAt }) => startedAt))
  return (times.length * 1000) / (Math.max(...times) - start)
}

/** Returns the smallest value that this percentage of the values doesn't exceed (nearest rank). */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}

/** Returns the median, over the rounds, of a figure of one round. */
export function overRounds(rounds: readonly Load[], figure: (written: Written[]) => number): number {
  return median(rounds.map(({ written }) => figure(written)))
}
