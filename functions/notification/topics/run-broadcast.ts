import type { Clock } from '../../shared/clock.ts'
import { timeout } from '../../shared/resilience/timeout.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import { type Broadcast, type BroadcastId, STEP_MS, wasSubscribed } from '../domain/broadcast.ts'
import type { ReadSubscribers } from './subscribe.ts'

/** Reads a broadcast consistently. */
export type ReadBroadcast = (id: BroadcastId, signal: AbortSignal) => Promise<Broadcast | undefined>

/** Reads what a broadcast tells; `undefined` if there is none. */
export type ReadMessage<Message> = (id: BroadcastId, signal: AbortSignal) => Promise<Message | undefined>

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
export type NotifySubscriber = (user: string, signal: AbortSignal) => Promise<'accepted' | 'refused'>

/** Reads what all notifications of a broadcast share, once an invocation. */
export type PrepareBroadcast = (broadcast: Broadcast, signal: AbortSignal) => Promise<NotifySubscriber>

export interface RunBroadcastDeps {
  readBroadcast: ReadBroadcast
  readSubscribers: ReadSubscribers
  prepare: PrepareBroadcast
  advance: Advance
  continueLater: Continue
  now: Clock
  startTimer: StartTimer
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
  const { readBroadcast, continueLater, now, startTimer } = deps
  const timed = timeout({ ms: STEP_MS, startTimer })
  return async (id: BroadcastId, untilMs: number, signal: AbortSignal): Promise<void> => {
    const notify = createNotify(deps)
    for (;;) {
      const broadcast = await readBroadcast(id, signal)
      if (broadcast?.status !== 'running') return
      if (now() >= untilMs) return continueLater(id, signal)
      const step = await timed(
        (inner) => (broadcast.phase === 'counting' ? count(deps, broadcast, inner) : notify(broadcast, inner)),
        signal,
      )
      if ((await deps.advance(broadcast, step, signal)) === 'overtaken') return
    }
  }
}

async function count({ readSubscribers }: RunBroadcastDeps, broadcast: Broadcast, signal: AbortSignal): Promise<Step> {
  const { subscribers, next } = await readSubscribers({ ...broadcast, limit: COUNTED_AT_A_TIME }, signal)
  const counted = subscribers.filter((subscriber) => wasSubscribed(subscriber, broadcast.version)).length
  return { counted, queued: 0, refused: 0, after: next ?? null }
}

function createNotify({ readSubscribers, prepare }: RunBroadcastDeps) {
  let notifySubscriber: NotifySubscriber | undefined
  return async (broadcast: Broadcast, signal: AbortSignal): Promise<Step> => {
    notifySubscriber ??= await prepare(broadcast, signal)
    const notifyOne = notifySubscriber
    const { subscribers, next } = await readSubscribers({ ...broadcast, limit: NOTIFIED_AT_A_TIME }, signal)
    const reached = subscribers.filter((subscriber) => wasSubscribed(subscriber, broadcast.version))
    // All of them end before the step fails: none may go on when the function is thawed for another invocation.
    const settled = await Promise.allSettled(reached.map(({ user }) => notifyOne(user, signal)))
    const outcomes = settled.map((each) => {
      if (each.status === 'rejected') throw each.reason
      return each.value
    })
    const queued = outcomes.filter((outcome) => outcome === 'accepted').length
    return { counted: 0, queued, refused: outcomes.length - queued, after: next ?? null }
  }
}
