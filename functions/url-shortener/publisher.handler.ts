import { OUTBOX_METRICS } from '../shared/events/outbox.ts'
import { publisherOfEnvironment } from '../shared/events/publisher-of-environment.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { linkEventContent } from './store/event-content.ts'

export const handler = publisherOfEnvironment({
  service: 'url-shortener-publisher',
  source: 'stackyard.url-shortener',
  toContent: linkEventContent,
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/UrlShortener', names: OUTBOX_METRICS }),
})
