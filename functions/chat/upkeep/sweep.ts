import type { Clock } from '../../shared/clock.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import type { DueRoom } from '../domain/upkeep.ts'
import type { KeepUp } from './keep-up.ts'

export interface SweepDeps {
  /** Lists rooms that are due by a time, up to a limit, consistently. Rejects as `DynamoDB` does. */
  listDue: (query: { by: number; limit: number }, signal: AbortSignal) => Promise<readonly DueRoom[]>
  keepUp: KeepUp
  now: Clock
  /** Receives the error of a room. All others continue. */
  onFailure: (room: DueRoom, error: unknown) => void
}

export interface SweepResult {
  readonly done: number
  readonly failed: number
  /** True if nothing is left for the next run. */
  readonly isComplete: boolean
}

/** @param until milliseconds since the epoch, from which on no step is begun. */
export type Sweep = (until: number, signal: AbortSignal) => Promise<SweepResult>

/** Rooms of a run, and those that are worked on at a time. */
const MAX_ROOMS = 10_000
const CONCURRENCY = 5

/**
 * Creates a run of the work on rooms that are due, those that have waited longest first. Each gets a step in turn, so
 * that one with very much to do holds up no other.
 */
export function sweep({ listDue, keepUp, now, onFailure }: SweepDeps): Sweep {
  return async (until, signal) => {
    const hasTime = () => now() < until && !signal.aborted
    const due = await listDue({ by: now(), limit: MAX_ROOMS }, signal)
    let [done, failed] = [0, 0]
    let open = [...due].sort((a, b) => a.dueAt - b.dueAt)
    while (open.length > 0 && hasTime()) {
      const left: DueRoom[] = []
      await inParallel(open, CONCURRENCY, async (room) => {
        try {
          if (!hasTime() || !(await keepUp(room, signal))) left.push(room)
          else done += 1
        } catch (error) {
          failed += 1
          onFailure(room, error)
        }
      })
      open = left
    }
    return { done, failed, isComplete: open.length === 0 && due.length < MAX_ROOMS }
  }
}
