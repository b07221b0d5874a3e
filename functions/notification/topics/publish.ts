import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { Broadcast, BroadcastId, BroadcastProgress } from '../domain/broadcast.ts'
import type { Priority } from '../domain/channel.ts'
import type { NextVersion } from './subscribe.ts'

/** Stores a new broadcast with its message, which starts its worker. A repeat for the same id changes nothing. */
export type StoreBroadcast<Message> = (broadcast: Broadcast, message: Message, signal: AbortSignal) => Promise<void>

export interface PublishInput<Message> extends BroadcastId {
  readonly topic: string
  readonly message: Message
  readonly priority: Priority
  readonly lastDueAt: number
  readonly cause: Cause
}

export interface PublishDeps<Message> {
  nextVersion: NextVersion
  storeBroadcast: StoreBroadcast<Message>
  now: Clock
}

export type PublishMessage<Message> = (input: PublishInput<Message>, signal: AbortSignal) => Promise<void>

/** Creates the publication of a message, whose version of the topic is the snapshot of its subscribers. */
export function publishMessage<Message>({
  nextVersion,
  storeBroadcast,
  now,
}: PublishDeps<Message>): PublishMessage<Message> {
  return async ({ message, ...input }, signal) => {
    const version = await nextVersion(input, signal)
    const start = { status: 'running', phase: 'counting', version, steps: 0, after: null } as const
    const broadcast = { ...input, ...start, total: 0, queued: 0, refused: 0, createdAt: now() }
    await storeBroadcast(broadcast, message, signal)
  }
}

/** Reads how far a broadcast is; `undefined` if there is none. */
export type ReadProgress = (id: BroadcastId, signal: AbortSignal) => Promise<BroadcastProgress | undefined>

/** Stops a broadcast that runs. A step that is under way is finished first. */
export type StopBroadcast = (id: BroadcastId, signal: AbortSignal) => Promise<'stopped' | 'done' | 'not-found'>
