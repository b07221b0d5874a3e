import type { Clock, Random } from '../../shared/clock.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { AppError } from '../../shared/errors.ts'
import { randomPause, type StartTimer } from '../../shared/resilience/timer.ts'
import type { InboxItem } from '../domain/inbox.ts'
import { fromItem } from './items.ts'

export interface InboxOptions extends Table {
  now: Clock
  random: Random
  startTimer: StartTimer
}

/** Tries, while others write the same inbox: all of them change its counts. */
const MAX_TRIES = 10
const MAX_PAUSE_MS = 200

/** Repeats a write of an inbox until no other request conflicts. */
export async function untilWritten<Result>(
  { random, startTimer }: InboxOptions,
  attempt: () => Promise<Result | 'raced'>,
  signal: AbortSignal,
): Promise<Result> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const result = await attempt()
    if (result !== 'raced') return result
    await randomPause({ maxMs: Math.min(MAX_PAUSE_MS, 10 * 2 ** tries), random, signal, startTimer })
  }
  throw new AppError('conflict', `An inbox changed during each of ${MAX_TRIES} tries`, { retryable: true })
}

export interface StoredItem {
  readonly item: InboxItem
  readonly revision: number
  readonly ttl: number
}

export function toStored(item: Item): StoredItem {
  const { pk: _, sk: __, revision, ttl, ...rest } = fromItem<InboxItem & { revision: number; ttl: number }>(item)
  return { item: rest, revision, ttl }
}
