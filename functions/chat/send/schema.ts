import * as z from 'zod/mini'
import { text } from '../../shared/http/validate.ts'
import { MAX_ATTACHMENTS, MAX_MENTIONS } from '../domain/message.ts'
import { hasControls, toEmoji } from '../domain/text.ts'
import { attachmentName, commitId, eventNumber, roomId, time, userName } from '../fields.ts'

/**
 * The text of a message, which is stored in NFC. Its size has a code of its own, so that it is checked apart
 * (`isTooLarge`).
 */
export const messageText = text(
  z.minLength(1),
  z.refine((given) => !hasControls(given), 'must have no control characters but tab and newline'),
  z.refine((given) => given.trim() !== '', 'must have more than white space'),
  z.normalize('NFC'),
)

export const emoji = z.pipe(
  z.string().check(z.refine((given) => toEmoji(given) !== undefined, 'must be one emoji')),
  z.transform((given) => toEmoji(given) ?? given),
)

const draft = {
  cid: commitId,
  body: messageText,
  threadRoot: z.optional(eventNumber),
  attachments: z.optional(z.array(attachmentName).check(z.maxLength(MAX_ATTACHMENTS))),
  mentions: z.optional(z.array(userName).check(z.maxLength(MAX_MENTIONS))),
}
const change = { room: roomId, target: eventNumber, cid: commitId }

/** `POST /v1/rooms/{id}/messages` */
export const messageBody = z.strictObject(draft)

/** The fields of the actions, by their names. */
export const sendFields = z.strictObject({ room: roomId, ...draft })
export const editFields = z.strictObject({ ...change, body: messageText })
export const deleteFields = z.strictObject(change)
export const reactFields = z.strictObject({ ...change, emoji, remove: z.optional(z.boolean()) })

/** A commit in an answer or an ack. */
export const committedAnswer = z.strictObject({ seq: z.int(), ts: time, dup: z.boolean() })
