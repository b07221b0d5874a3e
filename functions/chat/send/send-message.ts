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
import { isAtLeast } from '../domain/member.ts'
import { EVERYONE, type Message } from '../domain/message.ts'
import type { RecordKey, Write } from '../domain/records.ts'
import type { RoomId } from '../domain/room.ts'
import { speechReads, speechRefusal, visibleMessage } from './rights.ts'

/** A message to be sent. Its body is in the stored form: see `schema.ts`. */
export interface Draft {
  readonly body: string
  readonly threadRoot: number | null
  readonly attachments: readonly string[]
  /** Users, or `all`. */
  readonly mentions: readonly string[]
}

/** A message as a client sends it. */
export interface SentMessage {
  readonly body: string
  readonly threadRoot?: number | undefined
  readonly attachments?: readonly string[] | undefined
  readonly mentions?: readonly string[] | undefined
}

/** Turns a message as a client sends it into a draft. A user who is mentioned twice is mentioned. */
export function toDraft({ body, threadRoot, attachments, mentions }: SentMessage): Draft {
  return {
    body,
    threadRoot: threadRoot ?? null,
    attachments: [...new Set(attachments)],
    mentions: [...new Set(mentions)],
  }
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
  return ({ draft, cid, ...input }, signal) => {
    const { body, threadRoot, attachments, mentions } = draft
    return commit(
      {
        ...input,
        once: { cid, fingerprint: fingerprint({ action: 'send', body, threadRoot, attachments, mentions }) },
        reads: [...speechReads(input), ...rootReads(draft)],
        decide: decideMessage(draft),
      },
      signal,
    )
  }
}

function rootReads({ threadRoot }: Draft): RecordKey[] {
  return threadRoot === null ? [] : [{ record: 'message', seq: threadRoot }]
}

export function decideMessage(draft: Draft): Decide {
  return (situation) => {
    const refusal =
      speechRefusal(situation) ??
      mentionsRefusal(situation, draft) ??
      rootRefusal(situation, draft) ??
      noSuchFile(draft)
    if (refusal) return refusal
    const { actor, seq, at } = situation
    const { body, threadRoot, attachments, mentions } = draft
    return {
      outcome: 'change',
      content: { type: 'message', body, threadRoot, attachments, mentions },
      room: { lastMessage: { seq, at, user: actor.user, body } },
      writes: [
        { key: { record: 'message', seq }, put: newMessage(situation, draft) },
        ...indexWrites(situation, draft),
      ],
    }
  }
}

function newMessage({ actor, seq, at }: Situation, draft: Draft): Message {
  return { ...draft, seq, at, user: actor.user, editedAt: null, deleted: null, reactions: {}, edits: [] }
}

/** Lists the records by which a message is found in a thread, and by those whom it mentions. */
function indexWrites({ actor, seq }: Situation, { threadRoot, mentions }: Draft): Write[] {
  const mentioned = mentions.map((user): Write => ({ key: { record: 'mention', user, seq }, put: { by: actor.user } }))
  return threadRoot === null ? mentioned : [...mentioned, { key: { record: 'reply', root: threadRoot, seq }, put: {} }]
}

function mentionsRefusal({ actor }: Situation, { mentions }: Draft): Refusal | undefined {
  if (!mentions.includes(EVERYONE) || isAtLeast(actor.role, 'admin')) return undefined
  return refuse('forbidden', 'Only owners and admins can mention all.')
}

/** A thread begins with a message that is no reply itself; it may have been deleted. */
function rootRefusal(situation: Situation, { threadRoot }: Draft): Refusal | undefined {
  if (threadRoot === null || visibleMessage(situation, threadRoot)?.threadRoot === null) return undefined
  return refuse('invalid', 'threadRoot must be a message of this room that is no reply.')
}

/** There are no uploads yet, so that no attachment is found. */
function noSuchFile({ attachments }: Draft): Refusal | undefined {
  return attachments.length === 0 ? undefined : refuse('not-found', 'There is no such attachment in this room.')
}
