import { OUTBOX_METRICS } from '../shared/events/outbox.ts'
import { publisherOfEnvironment } from '../shared/events/publisher-of-environment.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { limiterEventContent } from './store/event-content.ts'

export const handler = publisherOfEnvironment({
  service: 'rate-limiter-publisher',
  source: 'stackyard.rate-limiter',
  toContent: limiterEventContent,
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/RateLimiter', names: OUTBOX_METRICS }),
})
