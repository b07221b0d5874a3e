import { setTimeout as wait } from 'node:timers/promises'
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { Post } from '../../../functions/chat/post-frames.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import { AppError } from '../../../functions/shared/errors.ts'

/** The probability of each fault, whenever it could happen. */
export interface FaultRates {
  /** A request to the table fails, and does nothing. */
  refused: number
  /** A transaction is written, and its response is lost. */
  responseLost: number
  /** A worker ends between two of its steps. */
  crash: number
  /** A frame is refused for now, or may have been sent. */
  throttled: number
  postFails: number
  /** A message of the queue comes again, later, or while its worker is still running. */
  repeated: number
  overlapped: number
  /** A connection is cut before an action; the server may never hear of it. */
  cut: number
  disconnectLost: number
}

export const STORM: FaultRates = {
  refused: 0.02,
  responseLost: 0.08,
  crash: 0.06,
  throttled: 0.05,
  postFails: 0.04,
  repeated: 0.15,
  overlapped: 0.1,
  cut: 0.08,
  disconnectLost: 0.4,
}

/** Faults of functions and the table alone: every connection stays open, and gets what is sent. */
export const QUIET_NETWORK: FaultRates = { ...STORM, cut: 0, throttled: 0, postFails: 0 }

/** Decides about faults until they end: then everything works again. */
export interface Faults {
  hits: (fault: keyof FaultRates) => boolean
  end: () => void
  /** Counts how often each fault was injected. */
  counts: () => Partial<Record<keyof FaultRates, number>>
}

export function createFaults(rates: FaultRates, random: Random): Faults {
  const counts: Partial<Record<keyof FaultRates, number>> = {}
  let isOver = false
  return {
    hits(fault) {
      if (isOver || random() >= rates[fault]) return false
      counts[fault] = (counts[fault] ?? 0) + 1
      return true
    },
    end() {
      isOver = true
    },
    counts: () => counts,
  }
}

const failure = (message: string) => new AppError('dependency-failed', `Injected: ${message}`, { retryable: true })

/** Makes requests to a table fail, with the errors that the client itself has for it after its own retries. */
export function faultyTable(client: DynamoDB, { hits }: Faults): DynamoDB {
  return {
    async send(command, options) {
      if (hits('refused')) throw failure('the table does not answer')
      const output = await client.send(command, options)
      if (command instanceof TransactWriteItemsCommand && hits('responseLost')) throw failure('the response is lost')
      return output
    },
  }
}

/** Lets the process that calls a function end before it, or right after it. */
export function crashing<Args extends unknown[], Result>(
  call: (...args: Args) => Promise<Result>,
  { hits }: Faults,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    if (hits('crash')) throw new Error('Injected: crash before a step')
    const result = await call(...args)
    if (hits('crash')) throw new Error('Injected: crash after a step')
    return result
  }
}

/** Makes posts slow, throttled, or fail before or after the frame is sent. */
export function faultyPost(post: Post, { hits }: Faults, random: Random): Post {
  return async (connectionId, frame, options) => {
    if (hits('throttled')) return 'throttled'
    await wait(random() * 5)
    if (!hits('postFails')) return post(connectionId, frame, options)
    if (random() < 0.5) await post(connectionId, frame, options)
    throw failure('the answer to a frame is lost')
  }
}

/** Returns a reproducible sequence of random numbers (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
