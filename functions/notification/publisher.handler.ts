import { OUTBOX_METRICS } from '../shared/events/outbox.ts'
import { publisherOfEnvironment } from '../shared/events/publisher-of-environment.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { notificationEventContent } from './store/event-content.ts'

export const handler = publisherOfEnvironment({
  service: 'notification-publisher',
  source: 'stackyard.notification',
  toContent: notificationEventContent,
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: OUTBOX_METRICS }),
})
