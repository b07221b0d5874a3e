import type { Cause } from '../../shared/events/event.ts'
import {
  type Commit,
  type CommitResult,
  type Decide,
  fingerprint,
  type Refusal,
  refuse,
  type Situation,
} from '../domain/commit.ts'
import { EDIT_WINDOW_MS, MAX_EDIT_BODIES, type Message } from '../domain/message.ts'
import type { Write } from '../domain/records.ts'
import type { RoomId } from '../domain/room.ts'
import { erasedBody } from './erased.ts'
import { isDeleted, noSuchMessage, speechReads, speechRefusal, visibleMessage } from './rights.ts'

export interface EditInput extends RoomId {
  readonly user: string
  readonly cid: string
  /** The number of the message. */
  readonly target: number
  /** In the stored form: see `schema.ts`. */
  readonly body: string
  readonly cause: Cause
}

export type EditMessage = (input: EditInput, signal: AbortSignal) => Promise<CommitResult>

/** Gives a message another body. What it mentions, its attachments and its thread stay as they are. */
export function editMessage(commit: Commit): EditMessage {
  return ({ target, body, cid, ...input }, signal) =>
    commit(
      {
        ...input,
        once: { cid, fingerprint: fingerprint({ action: 'edit', target, body }) },
        reads: [...speechReads(input), { record: 'message', seq: target }],
        decide: decideEdit(target, body),
      },
      signal,
    )
}

export function decideEdit(target: number, body: string): Decide {
  return (situation) => {
    const refusal = speechRefusal(situation)
    if (refusal) return refusal
    const message = visibleMessage(situation, target)
    if (!message) return noSuchMessage()
    const { lastMessage } = situation.room
    return (
      editRefusal(situation, message) ?? {
        outcome: 'change',
        content: { type: 'edit', target, body },
        ...(lastMessage?.seq === target && { room: { lastMessage: { ...lastMessage, body } } }),
        writes: editWrites(situation, message, body),
      }
    )
  }
}

function editRefusal({ actor, now }: Situation, { user, deleted, at }: Message): Refusal | undefined {
  if (user !== actor.user) return refuse('forbidden', 'Only the author of a message can edit it.')
  if (deleted) return isDeleted()
  if (now - at > EDIT_WINDOW_MS) return refuse('forbidden', 'A message can be edited for 24 hours.')
  return undefined
}

function editWrites({ seq, at }: Situation, message: Message, body: string): Write[] {
  const excess = Math.max(message.edits.length + 1 - MAX_EDIT_BODIES, 0)
  const edits = [...message.edits.slice(excess), seq]
  return [
    { key: { record: 'message', seq: message.seq }, set: { body, editedAt: at, edits } },
    ...message.edits.slice(0, excess).map(erasedBody),
  ]
}
