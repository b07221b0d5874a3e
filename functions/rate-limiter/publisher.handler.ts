import { publisherOfEnvironment } from '../shared/events/publisher-of-environment.ts'
import { limiterEventContent } from './store/event-content.ts'

export const handler = publisherOfEnvironment({
  service: 'rate-limiter-publisher',
  source: 'stackyard.rate-limiter',
  namespace: 'Stackyard/RateLimiter',
  toContent: limiterEventContent,
})
