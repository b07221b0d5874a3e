import { publisherOfEnvironment } from '../shared/events/publisher-of-environment.ts'
import { chatEventContent } from './store/event-content.ts'

export const handler = publisherOfEnvironment({
  service: 'chat-publisher',
  source: 'stackyard.chat',
  namespace: 'Stackyard/Chat',
  toContent: chatEventContent,
})
