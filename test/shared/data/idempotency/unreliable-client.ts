import type fc from 'fast-check'
import { retry } from '../../../../functions/shared/resilience/retry.ts'
import type { DynamoDBCall } from '../../../support/fake-dynamodb.ts'
import { outcomeOf, transientError } from '../../resilience/operations.ts'

/**
 * The fate of a call: it succeeds; it never arrives; it arrives, but its response is lost; its caller gives up, and
 * then it arrives.
 */
export type Fate = 'works' | 'is lost' | 'loses its answer' | 'comes late'

/** The delay of a late call, which is longer than most other work. */
const PAUSES: Record<Fate, number> = { works: 1, 'is lost': 1, 'loses its answer': 1, 'comes late': 8 }

export interface UnreliableClientOptions {
  /** The table at which calls arrive. */
  dynamodb: DynamoDBCall
  /** Decides when each call arrives and when its answer does. */
  scheduler: fc.Scheduler
  nextFate: () => Fate
  /** Returns whether the calling process has died: its calls may still arrive, but it receives no responses. */
  isDead: () => boolean
  /** Returns whether a call has been delayed for too long to arrive. */
  isOutdated: () => boolean
  onFault: () => void
}

/** DynamoDB over a bad network, with a client that tries thrice, as that of the functions does. */
export function unreliableClient(options: UnreliableClientOptions): DynamoDBCall {
  const { dynamodb, scheduler, nextFate, isDead, isOutdated, onFault } = options
  const pause = (label: string) => scheduler.schedule(Promise.resolve(), label)
  const retried = retry({
    maxAttempts: 3,
    baseMs: 0,
    capMs: 0,
    // The scheduler makes the pauses.
    startTimer: (callback) => {
      queueMicrotask(callback)
      return () => {}
    },
    random: () => 0,
  })
  const stopIfDead = () => {
    if (isDead()) throw new Error('Nobody runs here any more.')
  }

  const attempt: DynamoDBCall = async (operation, input) => {
    stopIfDead()
    const fate = nextFate()
    if (fate !== 'works') onFault()
    const travel = async () => {
      for (let pauses = 0; pauses < PAUSES[fate]; pauses++) await pause(`${operation} ${fate}`)
      if (fate === 'is lost' || isOutdated()) throw transientError('lost')
      return dynamodb(operation, input)
    }
    const call = travel()
    const ended = outcomeOf(call)
    if (fate !== 'comes late') await ended
    await pause(`${operation} ends`)
    stopIfDead()
    if (fate === 'works') return call
    throw transientError(fate)
  }
  return (operation, input, { signal } = {}) => retried(() => attempt(operation, input), signal)
}
