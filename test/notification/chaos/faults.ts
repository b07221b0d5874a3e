import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import { AppError } from '../../../functions/shared/errors.ts'

/** The probability of each fault, whenever it could happen. */
export interface FaultRates {
  /** A request to the table fails, and does nothing. */
  refused: number
  /** A transaction is written, and its response is lost. */
  responseLost: number
  /** A worker ends before it asks the provider, or right after. */
  crash: number
  /** The provider refuses for now; for good; or its answer is lost, after it sent the message or before. */
  unavailable: number
  refusedForGood: number
  answerLost: number
  /** A message of a queue comes again, later, or while its worker is still running. */
  repeated: number
  overlapped: number
  /** A receipt says that the message bounced, comes twice, or never. */
  bounced: number
  receiptTwice: number
  receiptLost: number
}

export const STORM: FaultRates = {
  refused: 0.03,
  responseLost: 0.05,
  crash: 0.06,
  unavailable: 0.2,
  refusedForGood: 0.05,
  answerLost: 0.08,
  repeated: 0.2,
  overlapped: 0.2,
  bounced: 0.1,
  receiptTwice: 0.2,
  receiptLost: 0.1,
}

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
