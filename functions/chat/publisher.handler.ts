import { OUTBOX_METRICS } from '../shared/events/outbox.ts'
import { publisherOfEnvironment } from '../shared/events/publisher-of-environment.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { chatEventContent } from './store/event-content.ts'

export const handler = publisherOfEnvironment({
  service: 'chat-publisher',
  source: 'stackyard.chat',
  toContent: chatEventContent,
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Chat', names: OUTBOX_METRICS }),
})
