import { publisherOfEnvironment } from '../shared/events/publisher-of-environment.ts'
import { linkEventContent } from './store/event-content.ts'

export const handler = publisherOfEnvironment({
  service: 'url-shortener-publisher',
  source: 'stackyard.url-shortener',
  namespace: 'Stackyard/UrlShortener',
  toContent: linkEventContent,
})
