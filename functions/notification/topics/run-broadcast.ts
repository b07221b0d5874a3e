import type { Clock } from '../../shared/clock.ts'
import { type Broadcast, type BroadcastId, wasSubscribed } from '../domain/broadcast.ts'
import type { ReadSubscribers } from './subscribe.ts'

/** Reads a broadcast consistently. */
export type ReadBroadcast = (id: BroadcastId, signal: AbortSignal) => Promise<Broadcast | undefined>

/** The part that one step adds to a broadcast, and the place where it ends. */
export interface Step {
  readonly counted: number
  readonly queued: number
  readonly refused: number
  /** The last subscriber of the step; `null` at the end of a phase. */
  readonly after: string | null
}

/**
 * Adds a step to a broadcast, unless another worker went on from the same place. A broadcast that was stopped meanwhile
 * still counts the step, and stays stopped.
 */
export type Advance = (broadcast: Broadcast, step: Step, signal: AbortSignal) => Promise<'advanced' | 'overtaken'>

/** Asks for another invocation that goes on. */
export type Continue = (id: BroadcastId, signal: AbortSignal) => Promise<void>

/** Accepts the notification of one subscriber; a repeat for the same broadcast and user changes nothing. */
export type NotifySubscriber = (
  broadcast: Broadcast,
  user: string,
  signal: AbortSignal,
) => Promise<'accepted' | 'refused'>

export interface RunBroadcastDeps {
  readBroadcast: ReadBroadcast
  readSubscribers: ReadSubscribers
  notifySubscriber: NotifySubscriber
  advance: Advance
  continueLater: Continue
  now: Clock
}

/** The subscribers of one step: counting reads more at a time, and a stop waits for one step at most. */
const COUNTED_AT_A_TIME = 1000
const NOTIFIED_AT_A_TIME = 25

/**
 * Creates the worker of broadcasts. It goes on where the last one stopped, and steps are repeatable: a worker that dies
 * in the middle of one leaves notifications that the next one recognises.
 *
 * @param untilMs milliseconds since the epoch, after which no step is begun.
 */
export function createRunBroadcast(deps: RunBroadcastDeps) {
  const { readBroadcast, continueLater, now } = deps
  return async (id: BroadcastId, untilMs: number, signal: AbortSignal): Promise<void> => {
    for (;;) {
      const broadcast = await readBroadcast(id, signal)
      if (broadcast?.status !== 'running') return
      if (now() >= untilMs) return continueLater(id, signal)
      const step =
        broadcast.phase === 'counting' ? await count(deps, broadcast, signal) : await notify(deps, broadcast, signal)
      if ((await deps.advance(broadcast, step, signal)) === 'overtaken') return
    }
  }
}

async function count({ readSubscribers }: RunBroadcastDeps, broadcast: Broadcast, signal: AbortSignal): Promise<Step> {
  const { subscribers, next } = await readSubscribers({ ...broadcast, limit: COUNTED_AT_A_TIME }, signal)
  const counted = subscribers.filter((subscriber) => wasSubscribed(subscriber, broadcast.version)).length
  return { counted, queued: 0, refused: 0, after: next ?? null }
}

async function notify(deps: RunBroadcastDeps, broadcast: Broadcast, signal: AbortSignal): Promise<Step> {
  const { subscribers, next } = await deps.readSubscribers({ ...broadcast, limit: NOTIFIED_AT_A_TIME }, signal)
  const reached = subscribers.filter((subscriber) => wasSubscribed(subscriber, broadcast.version))
  const outcomes = await Promise.all(reached.map(({ user }) => deps.notifySubscriber(broadcast, user, signal)))
  const queued = outcomes.filter((outcome) => outcome === 'accepted').length
  return { counted: 0, queued, refused: outcomes.length - queued, after: next ?? null }
}
