import * as z from 'zod/mini'
import type { FramesDescription } from '../shared/websocket/frames-description.ts'
import { inboxItemAnswer } from './inbox/schema.ts'
import { pingFields } from './live/actions.ts'

export const framesDescription: FramesDescription = {
  title: 'Notifications over WebSocket',
  description:
    'Frames are JSON texts. The server sends changes of the user’s inbox, possibly out of order: each count was correct when it was sent. After losing the connection, list the inbox again.',
  ticketRoute: 'POST /v1/ws-ticket',
  actions: {
    ping: {
      description:
        'Keeps the connection open: API Gateway closes one that is silent for 10 minutes. Send one as soon as it opens, too: a message sent while it was opening may have found it missing and removed it, and each ping registers it again.',
      fields: pingFields,
      ack: z.strictObject({}),
      example: { fields: {}, ack: {} },
    },
  },
  codes: {
    INVALID: 'The frame, or a field of it, is not valid: `message` names it.',
    UNAVAILABLE: 'The service could not answer.',
  },
  frames: {
    inbox: {
      description: 'An item is new in the inbox.',
      schema: z.strictObject({ t: z.literal('inbox'), item: inboxItemAnswer }),
      example: {
        t: 'inbox',
        item: {
          id: '0001773342238005~Zm9yIGV4YW1w',
          title: 'Bob answered',
          body: 'See you at noon.',
          category: 'comments',
          createdAt: '2026-03-12T19:03:58.005Z',
          seenAt: null,
          readAt: null,
          archivedAt: null,
        },
      },
    },
    count: {
      description: 'The counts of the inbox have changed.',
      schema: z.strictObject({ t: z.literal('count'), unseen: z.int(), unread: z.int() }),
      example: { t: 'count', unseen: 1, unread: 3 },
    },
  },
  schemas: { InboxItem: { schema: inboxItemAnswer, description: 'A notification in a user’s inbox.' } },
}
