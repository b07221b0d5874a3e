import type { EventsDescription, EventText } from '../shared/events/events-description.ts'
import { eventDefinitions } from './events.ts'

const ID = 'Zm9yIGV4YW1w'

const example = (status: string, reason: string | null = null) => ({
  notification: ID,
  status,
  category: 'orders',
  priority: 'normal',
  userId: 'ann',
  reference: 'order-17',
  channels: ['email'],
  reason,
})

const texts: Record<(typeof eventDefinitions)[number]['type'], EventText> = {
  'notification.notification.accepted': {
    description: 'A notification was accepted, with its channels.',
    example: example('accepted'),
  },
  'notification.notification.deferred': {
    description: 'A channel waits, as for the end of quiet hours.',
    example: example('deferred', 'quiet-hours'),
  },
  'notification.notification.sent': {
    description: 'A provider accepted a channel. A channel that has receipts is still `sending`.',
    example: example('sending'),
  },
  'notification.notification.delivered': {
    description: 'The message of a channel was delivered.',
    example: example('delivered'),
  },
  'notification.notification.bounced': {
    description: 'The message of a channel bounced, perhaps long after it was sent.',
    example: example('failed', 'bounced'),
  },
  'notification.notification.failed': {
    description: 'A channel failed for good.',
    example: example('failed', 'no-endpoint'),
  },
  'notification.notification.suppressed': {
    description: 'A channel was not wanted: a preference, an unsubscription, a suppression or a throttle.',
    example: example('suppressed', 'preference'),
  },
  'notification.notification.cancelled': {
    description: 'Channels were cancelled, or a step was not needed any more.',
    example: example('cancelled', 'cancelled'),
  },
  'notification.notification.expired': {
    description: 'A channel expired before it was sent.',
    example: example('expired', 'expired'),
  },
  'notification.endpoint.disabled': {
    description: 'Nothing is sent to an endpoint any more: it said that it is gone, or failed for five days.',
    example: { endpointId: 'orders', userId: 'ann', channel: 'webhook', reason: 'failing' },
  },
  'notification.provider.opened': {
    description: 'A provider failed too often, so it is not called for a while. The tenant is `*`.',
    example: { provider: 'ses' },
  },
  'notification.provider.closed': {
    description: 'A provider works again. The tenant is `*`.',
    example: { provider: 'ses' },
  },
}

export const eventsDescription: EventsDescription = {
  title: 'Events of notifications',
  description:
    'Events of notifications: the `detail` of events on the bus of the stack. The subject is the id of a notification, whose sequence has gaps, an endpoint, or a provider.',
  definitions: eventDefinitions,
  texts,
  subject: ID,
  schemas: {},
}
