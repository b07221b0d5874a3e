import * as z from 'zod/mini'
import type { FramesDescription } from '../shared/websocket/frames-description.ts'
import type { AckCode } from './acks.ts'
import { eventAnswer } from './history/schema.ts'
import { pingAck, pingFields, readAck, readFields, typingFields, watchFields } from './presence/schema.ts'
import { resumeFields } from './resume/schema.ts'
import { committedAnswer, deleteFields, editFields, reactFields, sendFields } from './send/schema.ts'

const ROOM = 'Qm9hdHMgYW5k'
const committed = { ack: committedAnswer }
const ack = { seq: 42, ts: '2026-03-12T19:03:58.005Z', dup: false }
const nothing = z.strictObject({})

const codes: Record<AckCode, string> = {
  INVALID: 'The frame, or a field of it, is not valid: `message` names it.',
  NOT_MEMBER: 'You are not a member of the room.',
  MUTED: 'You are muted in the room.',
  BLOCKED: 'The other user of a direct room takes no messages from you.',
  FORBIDDEN: 'Your role does not allow it.',
  NOT_FOUND: 'There is no such message or attachment in the room.',
  RATE_LIMITED: 'Too many changes of the room in a short time: wait for `retryAfterMs`.',
  TOO_LARGE: 'The body has more than 4,096 bytes of UTF-8.',
  CONFLICT: 'Another commit of yours has this `cid`, or the message is deleted.',
  CONFLICT_RETRY: 'Others kept changing the room: send the same again after `retryAfterMs`.',
  UNAVAILABLE: 'The service could not answer. A commit may have been made: send the same again, with the same `cid`.',
}

export const framesDescription: FramesDescription = {
  title: 'Chat over WebSocket',
  description:
    'Frames are JSON texts. A client sends actions, each with an id of its own; every action is answered by an ack with that id. The server also sends frames on its own. A frame may arrive twice: drop events whose `seq` you already have.',
  ticketRoute: 'POST /v1/ws-ticket',
  actions: {
    send: {
      ...committed,
      description: 'Sends a message. The ack comes when it is durable; without one, send the same `cid` again.',
      fields: sendFields,
      example: { fields: { room: ROOM, cid: 'c1', body: 'Hello', mentions: ['bob'] }, ack },
    },
    edit: {
      ...committed,
      description: 'Changes the body of one of your messages, within a day.',
      fields: editFields,
      example: { fields: { room: ROOM, target: 41, cid: 'c2', body: 'Hello!' }, ack },
    },
    delete: {
      ...committed,
      description: 'Deletes a message: its text and attachments are erased everywhere, and a tombstone stays.',
      fields: deleteFields,
      example: { fields: { room: ROOM, target: 41, cid: 'c3' }, ack },
    },
    react: {
      ...committed,
      description: 'Adds a reaction to a message, or takes it back.',
      fields: reactFields,
      example: { fields: { room: ROOM, target: 41, cid: 'c4', emoji: '👍' }, ack },
    },
    read: {
      description: 'Moves your read marker up to an event. The ack has the resulting marker.',
      fields: readFields,
      ack: readAck,
      example: { fields: { room: ROOM, seq: 42 }, ack: { seq: 42 } },
    },
    typing: {
      description:
        'Says that you are typing. It is passed on at most once in three seconds, in rooms of up to 100 members.',
      fields: typingFields,
      ack: nothing,
      example: { fields: { room: ROOM }, ack: {} },
    },
    watch: {
      description: 'Replaces the rooms whose typing, presence and read markers this connection gets.',
      fields: watchFields,
      ack: nothing,
      example: { fields: { rooms: [ROOM] }, ack: {} },
    },
    ping: {
      description: 'Keeps the connection alive: every 30 to 45 seconds. The ack has the newest `seq` of watched rooms.',
      fields: pingFields,
      ack: pingAck,
      example: { fields: {}, ack: { heads: { [ROOM]: 42 } } },
    },
    resume: {
      description: 'Asks for all events after a `seq`, for each room. The ack comes after their frames.',
      fields: resumeFields,
      ack: nothing,
      example: { fields: { rooms: { [ROOM]: 40 } }, ack: {} },
    },
  },
  codes,
  frames: {
    events: {
      description: 'Events of a room, in order.',
      schema: z.strictObject({ t: z.literal('events'), room: z.string(), events: z.array(eventAnswer) }),
      example: {
        t: 'events',
        room: ROOM,
        events: [{ seq: 42, type: 'delete', ts: '2026-03-12T19:03:58.005Z', user: 'ann', target: 41 }],
      },
    },
    resumed: {
      description:
        'The end of what `resume` asked for in a room. With `limited` the events are too many, or some are below `floor`: page over HTTP.',
      schema: z.strictObject({
        t: z.literal('resumed'),
        room: z.string(),
        head: z.int(),
        floor: z.optional(z.int()),
        limited: z.optional(z.boolean()),
      }),
      example: { t: 'resumed', room: ROOM, head: 42 },
    },
    removed: {
      description: 'You are no longer a member of the room, since the event `seq`; 0 if that is not known.',
      schema: z.strictObject({ t: z.literal('removed'), room: z.string(), seq: z.int() }),
      example: { t: 'removed', room: ROOM, seq: 43 },
    },
    read: {
      description: 'A member has read up to `seq`.',
      schema: z.strictObject({ t: z.literal('read'), room: z.string(), user: z.string(), seq: z.int() }),
      example: { t: 'read', room: ROOM, user: 'bob', seq: 42 },
    },
    typing: {
      description: 'A member is typing. It ends with the next event of that user, or after 6 seconds.',
      schema: z.strictObject({ t: z.literal('typing'), room: z.string(), user: z.string() }),
      example: { t: 'typing', room: ROOM, user: 'bob' },
    },
    presence: {
      description: 'A member came online or went offline.',
      schema: z.strictObject({ t: z.literal('presence'), room: z.string(), user: z.string(), online: z.boolean() }),
      example: { t: 'presence', room: ROOM, user: 'bob', online: true },
    },
    reconnect: {
      description:
        'Open another connection after `afterMs`: API Gateway ends this one soon. It comes with the acks of pings, from the 115th minute on.',
      schema: z.strictObject({ t: z.literal('reconnect'), afterMs: z.int() }),
      example: { t: 'reconnect', afterMs: 1000 },
    },
  },
  schemas: { RoomEvent: { schema: eventAnswer, description: 'An event of a room.' } },
}
