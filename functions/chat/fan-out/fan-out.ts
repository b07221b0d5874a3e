import type { Clock, Random } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import { retry } from '../../shared/resilience/retry.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import { joinsOf } from '../domain/delivery.ts'
import type { RoomEvent } from '../domain/event.ts'
import type { Recipient, Shard } from '../domain/live-connection.ts'
import type { ReadEvents, ReadRoom } from '../domain/log.ts'
import { createMemberFrames } from '../domain/member-frames.ts'
import type { Room } from '../domain/room.ts'
import { createPace, type Pace } from '../pace.ts'
import type { PostFrames } from '../post-frames.ts'
import type { Admit } from './admit.ts'
import type { DeliveryMessage } from './message.ts'

/** The recipients of a shard, and the number of the last event that was delivered to them. Rejects as `DynamoDB` does. */
export interface ShardRecipients {
  list: (shard: Shard, signal: AbortSignal) => Promise<readonly Recipient[]>
  readProgress: (shard: Shard, signal: AbortSignal) => Promise<number | undefined>
  writeProgress: (shard: Shard, sent: number, signal: AbortSignal) => Promise<void>
}

/** Forgets a recipient: one that is no longer a member, or whose connection is gone. */
export interface Forget {
  removed: (shard: Shard, recipient: Recipient, signal: AbortSignal) => Promise<void>
  gone: (shard: Shard, recipient: Recipient, signal: AbortSignal) => Promise<void>
}

export interface FanOutDeps extends ShardRecipients {
  readRoom: ReadRoom
  readEvents: ReadEvents
  admit: Admit
  postFrames: PostFrames
  forget: Forget
  /** Posts a second that a message takes, all shards of its room together. */
  perSecond: number
  now: Clock
  random: Random
  startTimer: StartTimer
}

/** Counts of recipients by what became of them. */
export interface FanOutCounts {
  readonly recipients: number
  readonly gone: number
  readonly behind: number
}

export type FanOut = (message: DeliveryMessage, signal: AbortSignal) => Promise<FanOutCounts>

/** Events that are delivered together, and then recorded as sent. */
const MAX_EVENTS = 500

/** Connections to which a worker posts at a time; each gets its frames in order. */
const CONCURRENCY = 40

/**
 * Creates the worker of a shard, which delivers all events of its room since its last ones, and so those of later
 * messages, too. A message may be delivered more than once: what was sent is skipped, and what a crash left unrecorded
 * is sent again, which clients recognise by the number.
 *
 * The log is read before the recipients. A connection that registers later reads the log itself, with `resume`, and so
 * every event reaches it one way or the other.
 *
 * A request that the table refuses for a moment is repeated here: a message that fails holds up its room until the queue
 * delivers it again, a second later at first.
 *
 * @throws AppError (retryable) while an event of the log hasn't appeared, and what the reads throw. A connection never
 * fails a message.
 */
export function createFanOut(deps: FanOutDeps): FanOut {
  const { random, startTimer } = deps
  const retried = retry({ maxAttempts: 3, baseMs: 100, capMs: 1000, random, startTimer })
  const deliverAll = createDeliverAll(deps)
  return (message, signal) => retried((inner) => deliverAll(message, inner), signal)
}

/** Creates what delivers all events of a room to the recipients of a shard. */
function createDeliverAll(deps: FanOutDeps): FanOut {
  const { readRoom, readEvents, admit, list, readProgress, writeProgress } = deps

  return async ({ id, shard, shards, from: firstOfMessage, upTo }, signal) => {
    const pace = createPace({ ...deps, perSecond: deps.perSecond / shards })
    const counts = { recipients: 0, gone: 0, behind: 0 }
    // A worker that a growing room adds has no progress: connections are registered with it from its first event on.
    let sent = (await readProgress({ id, shard }, signal)) ?? (shard === 0 ? 0 : firstOfMessage - 1)
    while (sent < upTo) {
      const room = await readRoom(id, signal)
      const from = Math.max(sent + 1, room?.floor ?? 1)
      // Events that retention took meanwhile can't be delivered.
      if (!room || from > upTo) {
        await writeProgress({ id, shard }, upTo, signal)
        break
      }
      const events = await readEvents({ ...id, from, to: room.head, limit: MAX_EVENTS }, signal)
      const last = events.at(-1)
      // A transaction is about to show it: see `createReadEvents`.
      if (!last) throw new AppError('conflict', `The event ${from} has not appeared yet`, { retryable: true })
      const admitted = shard === 0 ? await admit({ id, joins: joinsOf(events), pace }, signal) : new Set<string>()
      const recipients = (await list({ id, shard }, signal)).filter(({ connectionId }) => !admitted.has(connectionId))
      const deliverRun = createDeliverRun(deps, { shard: { id, shard }, room, events, pace })
      await inParallelOrThrow(recipients, async (recipient) => {
        const outcome = await deliverRun(recipient, signal)
        counts.recipients += 1
        if (outcome === 'gone') counts.gone += 1
        else if (outcome !== 'sent') counts.behind += 1
      })
      sent = last.seq
      await writeProgress({ id, shard }, sent, signal)
    }
    return counts
  }
}

interface Run {
  readonly shard: Shard
  readonly room: Room
  readonly events: readonly RoomEvent[]
  readonly pace: Pace
}

/** Creates what delivers a run of events to one recipient, and forgets it where that is its end. */
function createDeliverRun({ postFrames, forget, now }: FanOutDeps, { shard, room, events, pace }: Run) {
  const framesOf = createMemberFrames(room, events, now())
  return async (recipient: Recipient, signal: AbortSignal) => {
    const { user, joined } = recipient
    const { frames, isRemoved } = framesOf({ user, joined, after: joined - 1 })
    // The frame about a removal goes first: after a crash in between it is sent again.
    const outcome = await postFrames(recipient, frames, { pace, signal })
    if (outcome === 'gone') await forget.gone(shard, recipient, signal)
    else if (isRemoved) await forget.removed(shard, recipient, signal)
    return outcome
  }
}

/** Runs work for all recipients, and then rejects with its first error, if any. */
async function inParallelOrThrow(
  recipients: readonly Recipient[],
  work: (recipient: Recipient) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = []
  await inParallel(recipients, CONCURRENCY, async (recipient) => {
    try {
      await work(recipient)
    } catch (error) {
      errors.push(error)
    }
  })
  if (errors.length > 0) throw errors[0]
}
