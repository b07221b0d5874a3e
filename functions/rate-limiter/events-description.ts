import type { EventsDescription, EventText } from '../shared/events/events-description.ts'
import { definitionView } from './domain/policy.ts'
import { eventDefinitions, policyState } from './events.ts'

const before = definitionView({
  algorithm: 'sliding-window',
  limit: 100,
  windowMs: 60_000,
  onError: 'closed',
  mode: 'enforce',
  allow: ['10.0.0.0/8'],
})

const texts: Record<(typeof eventDefinitions)[number]['type'], EventText> = {
  'rate-limiter.policy.changed': {
    description: 'A policy was made (`before` is `null`), changed, or deleted (`after` is `null`).',
    example: { name: 'writes', before, after: { ...before, limit: 200 } },
  },
  'rate-limiter.limit.denied': {
    description:
      'A policy denied a subject in a minute, `count` times: approximate, and never too high. Once for a subject and minute, when the minute is over, and for a hundred subjects of a policy at most. The subject of the event is `<policy>/<subject>`.',
    example: { policy: 'writes', subject: 'user:3', minute: '2026-03-12T19:03:00.000Z', count: 42 },
  },
}

export const eventsDescription: EventsDescription = {
  title: 'Events of the rate limiter',
  description:
    'What becomes of policies and of those whom they limit: the `detail` of events on the bus of the stack. The subject is the name of a policy, or that and a subject.',
  definitions: eventDefinitions,
  texts,
  subject: 'writes',
  schemas: {
    PolicyState: {
      schema: policyState,
      description: 'A policy as the API shows it. Patterns and prefixes are what the tenant wrote.',
    },
  },
}
