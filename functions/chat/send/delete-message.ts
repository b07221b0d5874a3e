import type { Cause } from '../../shared/events/event.ts'
import {
  type Change,
  type Commit,
  type CommitResult,
  type Decide,
  fingerprint,
  refuse,
  type Situation,
} from '../domain/commit.ts'
import { isAtLeast } from '../domain/member.ts'
import type { Message } from '../domain/message.ts'
import type { Write } from '../domain/records.ts'
import type { RoomId } from '../domain/room.ts'
import { erasedBody, erasedMessage } from './erased.ts'
import { noSuchMessage } from './rights.ts'

export interface DeleteInput extends RoomId {
  readonly user: string
  readonly cid: string
  /** The number of the message. */
  readonly target: number
  readonly cause: Cause
}

export type DeleteMessage = (input: DeleteInput, signal: AbortSignal) => Promise<CommitResult>

/**
 * Deletes a message: nothing that it said is left anywhere. One who is muted or blocked may delete, because it tells
 * nobody anything; so may an author who joined again and no longer sees the message.
 */
export function deleteMessage(commit: Commit): DeleteMessage {
  return ({ target, cid, ...input }, signal) =>
    commit(
      {
        ...input,
        once: { cid, fingerprint: fingerprint({ action: 'delete', target }) },
        reads: [{ record: 'message', seq: target }],
        decide: decideDeletion(target),
      },
      signal,
    )
}

export function decideDeletion(target: number): Decide {
  return (situation) => {
    const { room, actor, view } = situation
    const message = target < room.floor ? undefined : view.get({ record: 'message', seq: target })
    if (!message) return noSuchMessage()
    if (message.user !== actor.user && !isAtLeast(actor.role, 'admin')) {
      return refuse('forbidden', 'Only the author of a message, owners and admins can delete it.')
    }
    const { deleted } = message
    return deleted ? { outcome: 'unchanged', seq: deleted.seq, at: deleted.at } : deletion(situation, message)
  }
}

function deletion({ room, seq, at }: Situation, { seq: target, edits, attachments }: Message): Change {
  const { lastMessage } = room
  return {
    outcome: 'change',
    content: { type: 'delete', target },
    ...(lastMessage?.seq === target && { room: { lastMessage: { ...lastMessage, body: null } } }),
    writes: [
      {
        key: { record: 'message', seq: target },
        set: { body: null, attachments: [], reactions: {}, edits: [], deleted: { seq, at } },
      },
      erasedMessage(target),
      ...edits.map(erasedBody),
      ...attachments.map(({ id }): Write => ({ key: { record: 'attachment', id }, remove: true })),
    ],
  }
}
