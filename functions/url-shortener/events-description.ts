import type { EventsDescription, EventText } from '../shared/events/events-description.ts'
import { eventDefinitions, linkState } from './events.ts'

const link = {
  url: 'https://example.com/sale?season=spring',
  title: 'Spring sale',
  tags: ['sale'],
  status: 'active',
  createdBy: 'user-1',
  createdAt: '2026-03-12T19:03:58.005Z',
  changed: ['url', 'alias', 'title', 'tags'],
}

const texts: Record<(typeof eventDefinitions)[number]['type'], EventText> = {
  'url-shortener.link.created': { description: 'A link was created.', example: link },
  'url-shortener.link.updated': {
    description: 'A link was changed or unblocked.',
    example: { ...link, title: 'Summer sale', changed: ['title'] },
  },
  'url-shortener.link.deleted': { description: 'A link was deleted.', example: {} },
  'url-shortener.link.blocked': {
    description: 'A link was blocked: by an administrator, or by the check of targets (`blockedBy` is `null`).',
    example: { reason: 'Phishing', blockedBy: 'admin-1' },
  },
  'url-shortener.link.reported': {
    description: 'Anybody on the internet reported a link. Show the reason as text, and do not trust it.',
    example: { reason: 'It asks for the password of my bank.' },
  },
  'url-shortener.link.exhausted': {
    description: 'A link has reached its cap. Published once, up to an hour after the last visit that was redirected.',
    example: { maxClicks: 1000 },
  },
  'url-shortener.link.expired': {
    description: 'A link has expired. Published once, up to an hour after `expiresAt`.',
    example: { expiresAt: '2026-06-01T00:00:00.000Z' },
  },
  'url-shortener.link.clicked': {
    description:
      'People clicked a link. Published at most once a minute for each link, with the clicks since the last such event, and all of them.',
    example: { clicks: 42, total: 1337 },
  },
}

export const eventsDescription: EventsDescription = {
  title: 'Events of the URL shortener',
  description:
    'Events of links, which are the `detail` of events on the bus of the stack. The subject is the code of a link.',
  definitions: eventDefinitions,
  texts,
  subject: 'spring-sale',
  schemas: {
    LinkState: {
      schema: linkState,
      description: 'A link after the event.',
      fields: { changed: 'The fields in the request, whose values may be unchanged.' },
    },
  },
}
