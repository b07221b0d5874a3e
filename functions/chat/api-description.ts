import { ticketOperation, ticketSchemas } from '../shared/auth/ticket-route.ts'
import type { ApiDescription } from '../shared/http/api-description.ts'
import { healthOperations, healthSchemas } from '../shared/http/health-schema.ts'
import { blockOperations } from './blocks/operations.ts'
import { SCOPE } from './fields.ts'
import { historyOperations, historySchemas } from './history/operations.ts'
import { memberOperations, memberSchemas } from './members/operations.ts'
import { userOperations } from './pseudonymise/operations.ts'
import { roomOperations, roomSchemas } from './rooms/operations.ts'
import { messageOperations, messageSchemas } from './send/operations.ts'
import { uploadOperations, uploadSchemas } from './uploads/operations.ts'

export const apiDescription: ApiDescription = {
  title: 'Chat',
  description: 'Rooms whose members all see the same messages in the same order, over HTTP and WebSocket.',
  tags: {
    Rooms: 'Groups, and the direct rooms of two users.',
    Messages: 'What was said.',
    Files: 'What is attached to messages.',
    Members: 'Who is in a room, and as what.',
    Blocks: 'Whose direct messages the caller refuses.',
    Users: 'What administrators do for users.',
    Connections: 'How a client opens a WebSocket.',
    Service: 'The state of the service.',
  },
  scopes: {
    chat: 'Use the rooms of the token’s user.',
    'chat:admin': 'Replace users of the token’s tenant by pseudonyms.',
  },
  schemas: {
    ...roomSchemas,
    ...memberSchemas,
    ...messageSchemas,
    ...historySchemas,
    ...uploadSchemas,
    ...ticketSchemas,
    ...healthSchemas,
  },
  operations: [
    ...roomOperations,
    ...memberOperations,
    ...messageOperations,
    ...historyOperations,
    ...uploadOperations,
    ...blockOperations,
    ...userOperations,
    ticketOperation({
      tag: 'Connections',
      description:
        'Connect with `?ticket=` within a minute. Each connection takes a ticket of its own. It takes no body.',
      scope: SCOPE,
    }),
    ...healthOperations,
  ],
}
