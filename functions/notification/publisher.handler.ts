import { publisherOfEnvironment } from '../shared/events/publisher-of-environment.ts'
import { notificationEventContent } from './store/event-content.ts'

export const handler = publisherOfEnvironment({
  service: 'notification-publisher',
  source: 'stackyard.notification',
  namespace: 'Stackyard/Notification',
  toContent: notificationEventContent,
})
