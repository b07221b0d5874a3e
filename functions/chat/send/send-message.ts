import type { Cause } from '../../shared/events/event.ts'
import { type Attachment, type FindContent, objectKeyOf, roomOfAttachment, UNSENT_MS } from '../domain/attachment.ts'
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
import { EVERYONE } from '../domain/message.ts'
import type { RecordKey, Write } from '../domain/records.ts'
import type { RoomId } from '../domain/room.ts'
import { speechReads, speechRefusal, visibleMessage } from './rights.ts'

/** A message to be sent. Its body is in the stored form: see `schema.ts`. */
export interface Draft {
  readonly body: string
  readonly threadRoot: number | null
  /** The ids of uploads. */
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

export interface SendMessageDeps {
  commit: Commit
  findContent: FindContent
}

/** Sends a message to a room. Files are looked for first: an upload that has ended is found, as S3's reads are consistent. */
export function sendMessage({ commit, findContent }: SendMessageDeps): SendMessage {
  return async ({ draft, cid, ...input }, signal) => {
    const { body, threadRoot, attachments, mentions } = draft
    const etags = new Map<string, string>()
    const look = async (id: string) => {
      const etag = await findContent(objectKeyOf(input, id), signal)
      if (etag !== undefined) etags.set(id, etag)
    }
    await Promise.all(attachments.filter((id) => roomOfAttachment(id) === input.room).map(look))
    return commit(
      {
        ...input,
        once: { cid, fingerprint: fingerprint({ action: 'send', body, threadRoot, attachments, mentions }) },
        reads: [...speechReads(input), ...rootReads(draft), ...attachments.map(attachmentKey)],
        decide: decideMessage(draft, etags),
      },
      signal,
    )
  }
}

function rootReads({ threadRoot }: Draft): RecordKey[] {
  return threadRoot === null ? [] : [{ record: 'message', seq: threadRoot }]
}

function attachmentKey(id: string) {
  return { record: 'attachment', id } as const satisfies RecordKey
}

/** @param etags those of the uploads that were found, by their ids. */
export function decideMessage(draft: Draft, etags: ReadonlyMap<string, string> = new Map()): Decide {
  return (situation) => {
    const files = takeFiles(situation, draft, etags)
    const refusal =
      speechRefusal(situation) ?? mentionsRefusal(situation, draft) ?? rootRefusal(situation, draft) ?? files.refusal
    if (refusal) return refusal
    const { actor, seq, at } = situation
    const { body, threadRoot, mentions } = draft
    const { attachments } = files
    return {
      outcome: 'change',
      content: { type: 'message', body, threadRoot, attachments, mentions },
      room: { lastMessage: { seq, at, user: actor.user, body } },
      writes: [
        { key: { record: 'message', seq }, put: { ...newMessage(situation, draft), attachments } },
        ...indexWrites(situation, draft),
        ...files.writes,
      ],
    }
  }
}

function newMessage({ actor, seq, at }: Situation, { body, threadRoot, mentions }: Draft) {
  return {
    body,
    threadRoot,
    mentions,
    seq,
    at,
    user: actor.user,
    editedAt: null,
    deleted: null,
    reactions: {},
    edits: [],
  } as const
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

/** A thread begins with a message that is not a reply itself; it may have been deleted. */
function rootRefusal(situation: Situation, { threadRoot }: Draft): Refusal | undefined {
  if (threadRoot === null || visibleMessage(situation, threadRoot)?.threadRoot === null) return undefined
  return refuse('invalid', 'threadRoot must be a message of this room that is not a reply.')
}

interface TakenFiles {
  readonly attachments: readonly Attachment[]
  readonly writes: readonly Write[]
  readonly refusal?: Refusal
}

/**
 * Takes the uploads of a message: those of the sender in this room that have their content, and that no other message
 * has. Their records are among those on whose condition the message is stored, so that one message gets each.
 */
function takeFiles({ view, actor, now, seq }: Situation, draft: Draft, etags: ReadonlyMap<string, string>): TakenFiles {
  const attachments: Attachment[] = []
  const writes: Write[] = []
  for (const key of draft.attachments.map(attachmentKey)) {
    const [record, etag] = [view.get(key), etags.get(key.id)]
    const isFree = record?.user === actor.user && record.message === null && record.createdAt + UNSENT_MS > now
    if (!record || !isFree || etag === undefined) {
      const refusal = refuse('not-found', 'There is no such upload of yours in this room, or a message has it.')
      return { attachments: [], writes: [], refusal }
    }
    const { id, name, type, size } = record
    attachments.push({ id, name, type, size })
    writes.push({ key, put: { ...record, message: { seq, etag } } })
  }
  return { attachments, writes }
}
