import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { SEND } from '../fields.ts'
import {
  acceptedAnswer,
  bulkAnswer,
  bulkRecipient,
  bulkResult,
  documentedBulkBody,
  fieldError,
  givenContent,
  newMessageBody,
  newNotificationBody,
  recipient,
  step,
} from './schema.ts'

const fields = {
  template: 'The name of a template, instead of `content`.',
  data: 'What the template prints.',
  channels: 'Those of the category by default.',
  steps: 'Channels that wait for each other, instead of `channels`.',
  priority:
    '`critical` bypasses quiet hours, throttles, digests and preferences, and never waits behind other priorities.',
  sendAt: 'Up to 366 days ahead; up to a minute past counts as now.',
  expiresAt: 'What was not sent by then is not sent at all.',
  digestKey: 'Notifications with another key are gathered in another digest.',
  locale: 'The language of the texts, before the user’s own.',
  reference: 'The sender’s own reference, by which lists can be filtered.',
}

export const sendSchemas: Record<string, NamedSchema> = {
  NewNotification: { schema: newNotificationBody, description: 'A notification to send.', fields },
  NewMessage: { schema: newMessageBody, description: 'A notification without its recipient.', fields },
  NewNotifications: {
    schema: documentedBulkBody,
    description: 'A notification to many.',
    fields: { ...fields, recipients: 'Up to 500, in 1 MB.' },
  },
  Recipient: {
    schema: recipient,
    description: 'A user, or one address or more.',
    fields: { phone: 'In E.164, as in +4915112345678.', webhookUrl: 'An https URL.' },
  },
  BulkRecipient: {
    schema: bulkRecipient,
    description: 'One recipient of many.',
    fields: {
      data: 'Added to the data of all.',
      key: 'Identifies the notification: sending the same key again makes no second one.',
    },
  },
  GivenContent: {
    schema: givenContent,
    description: 'Texts instead of a template.',
    fields: { subject: 'The title of a push message; line breaks become spaces.' },
  },
  Step: {
    schema: step,
    description: 'A channel that waits, and is skipped if it is no longer needed.',
    fields: {
      afterSeconds: 'Counted from `sendAt`, or from now.',
      unless: 'Skipped if the notification was delivered by another channel, or seen or read in the inbox.',
    },
  },
  AcceptedNotification: { schema: acceptedAnswer, description: 'A notification that was accepted.' },
  BulkAnswer: { schema: bulkAnswer, description: 'What became of each recipient, in the order of the request.' },
  BulkResult: {
    schema: bulkResult,
    description: 'What became of one recipient.',
    fields: { id: 'The notification’s, if it was accepted.' },
  },
  BulkFieldError: { schema: fieldError, description: 'An invalid value.' },
}

const example = {
  to: { email: 'ann@example.com' },
  category: 'orders',
  content: { subject: 'Your order', text: 'It is on its way.' },
  reference: 'order-17',
}
/** The body of a message to a topic. */
export const messageOfTopic = {
  body: newMessageBody,
  example: { category: 'releases', content: { subject: 'Version 2', text: 'It is out.' }, priority: 'bulk' },
}
const accepted = { id: 'Zm9yIGV4YW1w', status: 'accepted' }
const unknown = {
  description: 'The tenant has no category, or no template, with this name.',
  codes: ['unknown-category', 'unknown-template'],
}

export const sendOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/notifications',
    id: 'sendNotification',
    tag: 'Notifications',
    summary: 'Send a notification',
    description:
      'Once accepted, it is never lost: it reaches a final status, with its reason. Preferences, suppressions, quiet hours and all other rules are judged when each channel is due.',
    scope: SEND,
    body: newNotificationBody,
    example,
    idempotent: true,
    responses: {
      202: {
        description: 'It was accepted.',
        body: acceptedAnswer,
        example: accepted,
        headers: ['Location'],
      },
      422: unknown,
    },
  },
  {
    routeKey: 'POST /v1/notifications/bulk',
    id: 'sendNotifications',
    tag: 'Notifications',
    summary: 'Send a notification to up to 500 recipients',
    description:
      'Each is accepted or refused independently. The body may have 1 MB; it counts as one write of the tenant.',
    scope: SEND,
    body: documentedBulkBody,
    example: {
      category: 'orders',
      content: example.content,
      recipients: [{ to: { userId: 'ann' }, key: 'order-17' }, { to: { email: 'ann@example.com' } }],
    },
    idempotent: true,
    responses: {
      207: {
        description: 'What became of each recipient.',
        body: bulkAnswer,
        example: {
          results: [
            { index: 0, id: accepted.id },
            {
              index: 1,
              error: {
                code: 'invalid-input',
                message: 'The request has an invalid field: to.email.',
                errors: [{ path: 'to.email', message: 'must be one mailbox, as in ann@example.com' }],
              },
            },
          ],
        },
      },
      422: unknown,
    },
  },
]
