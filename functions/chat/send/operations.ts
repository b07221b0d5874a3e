import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { roomParameter } from '../fields.ts'
import { roomNotFound } from '../problems.ts'
import { committedAnswer, messageBody } from './schema.ts'

export const messageSchemas: Record<string, NamedSchema> = {
  NewMessage: {
    schema: messageBody,
    description: 'A message to send.',
    fields: {
      cid: 'Identifies the message among those of the sender in the room, so that it can be sent again: for 24 hours the same `cid` is the same message.',
      body: 'Text of at most 4,096 bytes in UTF-8, stored in NFC, without control characters but tab and newline.',
      threadRoot: 'The message to which this one replies. It must not be a reply itself.',
      attachments: 'The ids of uploads of the sender in this room, each for one message.',
      mentions: 'Users, or `all`, which only owners and admins can mention.',
    },
  },
  Committed: {
    schema: committedAnswer,
    description: 'The place of a change in the sequence of its room.',
    fields: {
      seq: 'The number of its event.',
      dup: 'True if it had been made before.',
    },
  },
}

const committed = { seq: 42, ts: '2026-03-12T19:04:58.005Z', dup: false }

export const messageOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/rooms/{id}/messages',
    id: 'sendMessage',
    tag: 'Messages',
    summary: 'Send a message',
    description:
      'For programs without a connection. The `cid` makes it safe to repeat, so that there is no Idempotency-Key. When the answer gets lost, send the same message again.',
    params: roomParameter,
    scope: 'chat',
    body: messageBody,
    example: { cid: '0f8c1c1e', body: 'Tea at four?', mentions: ['bob'] },
    responses: {
      200: { description: 'The message was sent before.', body: committedAnswer, example: { ...committed, dup: true } },
      201: { description: 'The message is stored.', body: committedAnswer, example: committed },
      403: {
        description: 'The sender is muted, blocked, or may not mention all.',
        codes: ['muted', 'blocked', 'forbidden'],
      },
      404: {
        ...roomNotFound,
        name: 'RoomOrAttachmentNotFound',
        description:
          'The caller is not a member of this room, or an attachment is not an upload of the caller in this room, or in a message already.',
        codes: ['not-member', 'not-found'],
      },
      409: {
        description: 'Another message of the sender has this cid, or others kept changing the room.',
        codes: ['conflict', 'conflict-retry'],
        headers: ['Retry-After'],
      },
      413: { description: 'The text is too long.', codes: ['too-large'] },
      429: {
        description: 'The sender changes the room too often.',
        codes: ['rate-limited'],
        headers: ['Retry-After'],
      },
    },
  },
]
