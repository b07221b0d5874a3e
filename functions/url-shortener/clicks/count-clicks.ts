import type { Clock, Random } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import type { Cause } from '../../shared/events/event.ts'
import { retry } from '../../shared/resilience/retry.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import { CLICK_SHARDS, type DueEvent } from '../domain/click.ts'
import { type Chunk, toChunks } from './chunks.ts'
import type { ClickMessage } from './message.ts'
import { type CountPlan, planCounts, type StoredCounts } from './plan-counts.ts'

export interface CountStore {
  /** Reads all that a chunk changes, the days in this shard. The reads are consistent. */
  read: (chunk: Chunk, shard: number, signal: AbortSignal) => Promise<StoredCounts>
  /** Writes all changes, if everything is still as it was read, or nothing. */
  write: (
    change: { plan: CountPlan; shard: number; now: number; cause: Cause },
    signal: AbortSignal,
  ) => Promise<'written' | 'raced'>
}

/** Sends a message that arrives at a time, in milliseconds since the epoch, or a little later. */
export type SendLater = (message: DueEvent, at: number, signal: AbortSignal) => Promise<void>

export interface CountClicksDeps extends CountStore {
  sendLater: SendLater
  now: Clock
  random: Random
  startTimer: StartTimer
  onFailure: (error: unknown) => void
}

export interface CountResult {
  /** The number of clicks that were not counted before. */
  readonly counted: number
  /** Messages that must be delivered again. */
  readonly failed: readonly ClickMessage[]
}

/** Attempts at a chunk, each of which means that another function changed the same items meanwhile. */
const MAX_ATTEMPTS = 10

/**
 * Counts the clicks of a batch, each once, however often and in whatever order they are delivered: the ids of counted
 * clicks are stored in the transaction that counts them. A crash leaves some chunks counted and others not.
 */
export function countClicks(deps: CountClicksDeps) {
  const { random, startTimer, onFailure } = deps
  const retried = retry({ maxAttempts: MAX_ATTEMPTS, baseMs: 20, capMs: 500, isRetryable: isRace, startTimer, random })

  return async (messages: readonly ClickMessage[], cause: Cause, signal: AbortSignal): Promise<CountResult> => {
    const failed: ClickMessage[] = []
    let counted = 0
    for (const chunk of toChunks(messages)) {
      try {
        const count = chunkCounter(deps, chunk, cause)
        counted += await retried(count, signal)
      } catch (error) {
        onFailure(error)
        failed.push(...chunk.messages)
      }
    }
    return { counted, failed }
  }
}

/** Creates a function that tries to count a chunk, and returns the number of new clicks. */
function chunkCounter({ read, write, sendLater, now, random }: CountClicksDeps, chunk: Chunk, cause: Cause) {
  // Functions that got into each other's way at the first attempt spread over the shards.
  let shard = 0
  return async (signal: AbortSignal): Promise<number> => {
    const found = await read(chunk, shard, signal)
    const plan = planCounts(chunk, found, now())
    if (plan.slots.length === 0 && plan.totals.length === 0) return 0
    const outcome = await write({ plan, shard, now: now(), cause }, signal)
    if (outcome === 'written') {
      // This comes after the write, so that the message finds the clicks. If the function dies in between, they are
      // delivered again, and repeated clicks request their event again.
      for (const { code, tenant, dueAt } of plan.totals) {
        if (dueAt !== undefined) await sendLater({ due: { code, tenant } }, dueAt, signal)
      }
      return plan.counted
    }
    shard = Math.floor(random() * CLICK_SHARDS)
    throw new AppError('conflict', 'The counts keep changing', { retryable: true })
  }
}

function isRace(error: unknown): boolean {
  return error instanceof AppError && error.code === 'conflict'
}
