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
}

export const eventsDescription: EventsDescription = {
  title: 'Events of the rate limiter',
  description:
    'What becomes of policies: the `detail` of events on the bus of the stack. The subject is the name of a policy.',
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
