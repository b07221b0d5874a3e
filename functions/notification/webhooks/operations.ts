import type { ApiOperation, ApiRefusal, NamedSchema } from '../../shared/http/api-description.ts'
import { MANAGE, NAME } from '../fields.ts'
import { replayAnswer, replayBody, rotateAnswer } from './schema.ts'

export const webhookSchemas: Record<string, NamedSchema> = {
  ReplayWebhook: {
    schema: replayBody,
    description: 'A notification that is to be sent once more.',
    fields: { notificationId: 'One that was sent, or was to be sent, to this endpoint.' },
  },
  ReplayedWebhook: { schema: replayAnswer, description: 'A replay that is under way.', fields: {} },
  RotatedSecret: {
    schema: rotateAnswer,
    description: 'The new secret of a webhook.',
    fields: { secret: '`whsec_` and base64 of 32 bytes. It is never shown again.' },
  },
}

const notFound: ApiRefusal = {
  name: 'WebhookNotFound',
  description: 'There is no webhook with this id, or nothing of this notification was sent to it.',
  codes: ['not-found'],
}

const one = {
  tag: 'Webhooks',
  params: {
    endpointId: {
      name: 'WebhookId',
      pattern: NAME.source,
      description: 'An endpoint whose channel is `webhook`.',
      example: 'orders',
    },
  },
  scope: MANAGE,
}

export const webhookOperations: readonly ApiOperation[] = [
  {
    ...one,
    routeKey: 'POST /v1/webhooks/{endpointId}/rotate',
    id: 'rotateWebhookSecret',
    summary: 'Give a webhook a new secret',
    description: 'The secret before signs for another 24 hours, after the new one.',
    responses: {
      200: {
        description: 'The new secret.',
        body: rotateAnswer,
        example: { secret: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
      },
      404: notFound,
    },
  },
  {
    ...one,
    routeKey: 'POST /v1/webhooks/{endpointId}/replay',
    id: 'replayWebhook',
    summary: 'Send a webhook again',
    description:
      'The same bytes under the same `webhook-id`, with a timestamp of its own. The timeline of the notification says what became of it.',
    body: replayBody,
    example: { notificationId: '01JPB2Z9T0' },
    responses: {
      202: {
        description: 'It is under way.',
        body: replayAnswer,
        example: { endpointId: 'orders', notificationId: '01JPB2Z9T0' },
      },
      404: notFound,
      409: { name: 'EndpointDisabled', description: 'The endpoint is disabled.', codes: ['endpoint-disabled'] },
    },
  },
]
