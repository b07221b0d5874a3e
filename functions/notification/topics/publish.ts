import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { Broadcast, BroadcastId, BroadcastProgress } from '../domain/broadcast.ts'
import type { NextVersion } from './subscribe.ts'

/** Stores a new broadcast, which starts its worker. Once for each id. */
export type StoreBroadcast = (broadcast: Broadcast, signal: AbortSignal) => Promise<void>

export interface PublishInput<Message> extends BroadcastId {
  readonly topic: string
  readonly message: Message
  readonly cause: Cause
}

export interface PublishDeps {
  nextVersion: NextVersion
  storeBroadcast: StoreBroadcast
  now: Clock
}

/** Creates the publication of a message, whose version of the topic is the snapshot of its subscribers. */
export function publishMessage<Message>({ nextVersion, storeBroadcast, now }: PublishDeps) {
  return async (input: PublishInput<Message>, signal: AbortSignal): Promise<void> => {
    const version = await nextVersion(input, signal)
    const start = { status: 'running', phase: 'counting', version, after: null } as const
    await storeBroadcast({ ...input, ...start, total: 0, queued: 0, refused: 0, createdAt: now() }, signal)
  }
}

/** Reads how far a broadcast is; `undefined` if there is none. */
export type ReadProgress = (id: BroadcastId, signal: AbortSignal) => Promise<BroadcastProgress | undefined>

/** Stops a broadcast that runs. A step that is under way is finished first. */
export type StopBroadcast = (id: BroadcastId, signal: AbortSignal) => Promise<'stopped' | 'done' | 'not-found'>
