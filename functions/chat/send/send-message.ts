import type { Cause } from '../../shared/events/event.ts'
import { type Commit, type CommitResult, type Decide, type Refusal, refuse } from '../domain/commit.ts'
import { isAtLeast } from '../domain/member.ts'
import { EVERYONE, type Message } from '../domain/message.ts'
import type { RecordKey } from '../domain/records.ts'
import type { RoomId } from '../domain/room.ts'
import { fingerprint } from './fingerprint.ts'

/** A message to be sent. Its body is in the stored form: see `toBody`. */
export interface Draft {
  readonly body: string
  readonly threadRoot: number | null
  readonly attachments: readonly string[]
  /** Users, or `all`. */
  readonly mentions: readonly string[]
}

export interface SendInput extends RoomId {
  readonly user: string
  readonly cid: string
  readonly draft: Draft
  readonly cause: Cause
}

export type SendMessage = (input: SendInput, signal: AbortSignal) => Promise<CommitResult>

/** Sends a message to a room. */
export function sendMessage(commit: Commit): SendMessage {
  return ({ draft, cid, ...input }, signal) =>
    commit(
      {
        ...input,
        once: { cid, fingerprint: fingerprint({ action: 'send', ...draft }) },
        reads: readsOf(input.user, draft),
        decide: decideMessage(draft),
      },
      signal,
    )
}

function readsOf(user: string, { threadRoot }: Draft): RecordKey[] {
  const root = threadRoot === null ? [] : [{ record: 'message', seq: threadRoot } as const]
  return [{ record: 'block', user }, ...root]
}

function decideMessage(draft: Draft): Decide {
  return ({ room, actor, now, seq, view }) => {
    const refusal =
      draft.threadRoot === null ? undefined : rootRefusal(view.get({ record: 'message', seq: draft.threadRoot }))
    if (actor.muted) return refuse('muted', 'You are muted in this room.')
    if (view.get({ record: 'block', user: actor.user }))
      return refuse('blocked', 'This user takes no messages from you.')
    if (draft.mentions.includes(EVERYONE) && !isAtLeast(actor.role, 'admin')) {
      return refuse('forbidden', 'Only owners and admins can mention all.')
    }
    if (refusal) return refusal
    const at = Math.max(now, room.headAt)
    const message: Message = {
      ...draft,
      seq,
      at,
      user: actor.user,
      editedAt: null,
      deleted: null,
      reactions: {},
      edits: [],
    }
    return {
      outcome: 'change',
      content: { type: 'message', ...draft },
      room: { lastMessage: { seq, at, user: actor.user, body: draft.body } },
      writes: [
        { key: { record: 'message', seq }, put: message },
        ...draft.mentions.map((user) => ({
          key: { record: 'mention', user, seq } as const,
          put: { by: actor.user },
        })),
        ...(draft.threadRoot === null
          ? []
          : [{ key: { record: 'reply', root: draft.threadRoot, seq } as const, put: {} }]),
      ],
    }
  }
}

/** A thread begins with a message that is no reply itself; it may have been deleted. */
function rootRefusal(root: Message | undefined): Refusal | undefined {
  if (root && root.threadRoot === null) return undefined
  return refuse('invalid', 'threadRoot must be a message of this room that is no reply.')
}
