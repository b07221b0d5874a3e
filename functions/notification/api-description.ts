import { ticketOperation, ticketSchemas } from '../shared/auth/ticket-route.ts'
import type { ApiDescription } from '../shared/http/api-description.ts'
import { healthOperations, healthSchemas } from '../shared/http/health-schema.ts'
import { cancelOperations, cancelSchemas } from './cancel/operations.ts'
import { categoryOperations, categorySchemas } from './categories/operations.ts'
import { explainOperations, explainSchemas } from './explain/operations.ts'
import { SELF } from './fields.ts'
import { inboxOperations, inboxSchemas } from './inbox/operations.ts'
import { mappingOperations, mappingSchemas } from './mappings/operations.ts'
import { operateOperations, operateSchemas } from './operate/operations.ts'
import { outboxOperations, outboxSchemas } from './outbox/route.ts'
import { endpointOperations, endpointSchemas } from './people/endpoint-operations.ts'
import { peopleOperations, peopleSchemas } from './people/operations.ts'
import { messageOfTopic, sendOperations, sendSchemas } from './send/operations.ts'
import { settingsOperations, settingsSchemas } from './settings/routes.ts'
import { suppressionOperations, suppressionSchemas } from './suppressions/operations.ts'
import { templateOperations, templateSchemas } from './templates/operations.ts'
import { publishOperation, topicOperations, topicSchemas } from './topics/operations.ts'
import { unsubscribeOperations, unsubscribeSchemas } from './unsubscribe/routes.ts'
import { webhookOperations, webhookSchemas } from './webhooks/operations.ts'

export const apiDescription: ApiDescription = {
  title: 'Notifications',
  description: 'Notifications over email, SMS, push, webhooks and an inbox, with an explanation of every decision.',
  tags: {
    Notifications: 'What is sent, and what became of it.',
    Topics: 'What is sent to all who subscribe.',
    Categories: 'Kinds of notifications, with their rules.',
    Templates: 'The texts of notifications.',
    People: 'Users, what they want, and where they are reached.',
    Suppressions: 'Addresses that get nothing.',
    Inbox: 'What a user has seen and read.',
    Unsubscribing: 'What the reader of a mail does without a token.',
    Mappings: 'How events of other systems become notifications.',
    Webhooks: 'What webhooks need beside their endpoints.',
    Operations: 'How providers and queues are.',
    Testing: 'What a development stage did not send.',
    Service: 'The state of the service.',
  },
  scopes: {
    'notify:send': 'Send notifications, cancel them, and see what became of them.',
    'notify:manage': 'Define what is sent to whom.',
    'notify:self': 'See and change what the token’s user gets.',
    'notify:admin': 'Look after the queues.',
  },
  schemas: {
    ...sendSchemas,
    ...cancelSchemas,
    ...topicSchemas,
    ...explainSchemas,
    ...categorySchemas,
    ...templateSchemas,
    ...peopleSchemas,
    ...endpointSchemas,
    ...suppressionSchemas,
    ...inboxSchemas,
    ...ticketSchemas,
    ...settingsSchemas,
    ...unsubscribeSchemas,
    ...mappingSchemas,
    ...webhookSchemas,
    ...operateSchemas,
    ...outboxSchemas,
    ...healthSchemas,
  },
  operations: [
    ...sendOperations,
    ...explainOperations,
    ...cancelOperations,
    publishOperation(messageOfTopic),
    ...topicOperations,
    ...categoryOperations,
    ...templateOperations,
    ...peopleOperations,
    ...endpointOperations,
    ...suppressionOperations,
    ...inboxOperations,
    ticketOperation({
      tag: 'Inbox',
      description:
        'Connect with `?ticket=` within a minute, and get the inbox’s changes live. Each connection takes a ticket of its own. It takes no body.',
      scope: SELF,
    }),
    ...settingsOperations,
    ...unsubscribeOperations,
    ...mappingOperations,
    ...webhookOperations,
    ...operateOperations,
    ...outboxOperations,
    ...healthOperations,
  ],
}
