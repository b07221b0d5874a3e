import * as z from 'zod/mini'
import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { STATUSES } from '../domain/status.ts'
import { channel, notificationParameter, SEND } from '../fields.ts'
import { notificationNotFound } from '../problems.ts'

const cancelAnswer = z.strictObject({ channels: z.partialRecord(channel, z.enum(STATUSES)) })

export const cancelSchemas: Record<string, NamedSchema> = {
  CancelledNotification: { schema: cancelAnswer, description: 'The status of each channel after a cancellation.' },
}

export const cancelOperations: readonly ApiOperation[] = [
  {
    routeKey: 'DELETE /v1/notifications/{id}',
    id: 'cancelNotification',
    tag: 'Notifications',
    summary: 'Cancel what was not sent yet',
    description:
      'Channel by channel: no channel is both sent and cancelled, and a second request gets the same answer.',
    params: notificationParameter,
    scope: SEND,
    responses: {
      200: {
        description: 'Each channel as it is now.',
        body: cancelAnswer,
        example: { channels: { email: 'cancelled', sms: 'sent' } },
      },
      404: notificationNotFound,
      409: { description: 'Workers have already claimed every channel.', codes: ['too-late'] },
    },
  },
]
