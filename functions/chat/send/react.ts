import type { Cause } from '../../shared/events/event.ts'
import { type Change, type Commit, type CommitResult, type Decide, fingerprint, refuse } from '../domain/commit.ts'
import { MAX_EMOJI_KINDS, type Message } from '../domain/message.ts'
import type { RecordKey, Write } from '../domain/records.ts'
import type { RoomId } from '../domain/room.ts'
import { isDeleted, noSuchMessage, speechReads, speechRefusal, visibleMessage } from './rights.ts'

/** A reaction to a message. */
export interface Reaction {
  /** The number of the message. */
  readonly target: number
  /** In the form under which it is counted: see `toEmoji`. */
  readonly emoji: string
  /** Takes an earlier reaction back. */
  readonly remove: boolean
}

export interface ReactInput extends RoomId, Reaction {
  readonly user: string
  readonly cid: string
  readonly cause: Cause
}

export type React = (input: ReactInput, signal: AbortSignal) => Promise<CommitResult>

/** Reacts to a message, or takes a reaction back. A user's reactions with one emoji count once. */
export function react(commit: Commit): React {
  return ({ target, emoji, remove, cid, ...input }, signal) =>
    commit(
      {
        ...input,
        once: { cid, fingerprint: fingerprint({ action: 'react', target, emoji, remove }) },
        reads: [...speechReads(input), { record: 'message', seq: target }, reactionKey(input.user, { target, emoji })],
        decide: decideReaction({ target, emoji, remove }),
      },
      signal,
    )
}

function reactionKey(user: string, { target, emoji }: Pick<Reaction, 'target' | 'emoji'>) {
  return { record: 'reaction', user, seq: target, emoji } as const satisfies RecordKey
}

export function decideReaction(reaction: Reaction): Decide {
  return (situation) => {
    const refusal = speechRefusal(situation)
    if (refusal) return refusal
    const { actor, seq, at, view } = situation
    const message = visibleMessage(situation, reaction.target)
    if (!message) return noSuchMessage()
    if (message.deleted) return isDeleted()
    const key = reactionKey(actor.user, reaction)
    const earlier = view.get(key)
    if (reaction.remove) {
      if (!earlier) return { outcome: 'unchanged', seq: message.seq, at: message.at }
      return change(message, reaction, { key, remove: true })
    }
    if (earlier) return { outcome: 'unchanged', seq: earlier.seq, at: earlier.at }
    const { emoji } = reaction
    if (!Object.hasOwn(message.reactions, emoji) && Object.keys(message.reactions).length >= MAX_EMOJI_KINDS) {
      return refuse('invalid', `A message takes ${MAX_EMOJI_KINDS} kinds of emoji.`)
    }
    return change(message, reaction, { key, put: { seq, at } })
  }
}

function change(message: Message, { target, emoji, remove }: Reaction, write: Write): Change {
  const { [emoji]: earlier = 0, ...others } = message.reactions
  const count = remove ? earlier - 1 : earlier + 1
  const reactions = count > 0 ? { ...others, [emoji]: count } : others
  return {
    outcome: 'change',
    content: { type: 'reaction', target, emoji, remove },
    writes: [{ key: { record: 'message', seq: target }, set: { reactions } }, write],
  }
}
