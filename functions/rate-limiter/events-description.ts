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
  'rate-limiter.limit.neared': {
    description:
      'A subject has used 80 % of a limit, or more. Once for a subject and window (a token bucket: the time in which it refills, in whole windows). `limit` is the most that it may use, a bucket’s burst or its own limit; for a policy with shards, `used` is an estimate. The subject of the event is `<policy>/<subject>`.',
    example: {
      policy: 'writes',
      subject: 'user:3',
      limit: 100,
      used: 80,
      windowStart: '2026-03-12T19:03:00.000Z',
      windowEnd: '2026-03-12T19:04:00.000Z',
    },
  },
  'rate-limiter.limit.denied': {
    description:
      'A policy denied a subject in a minute, `count` times: approximate, and never too high. Once for a subject and minute, when the minute is over, and for a hundred subjects of a policy at most. The subject of the event is `<policy>/<subject>`.',
    example: { policy: 'writes', subject: 'user:3', minute: '2026-03-12T19:03:00.000Z', count: 42 },
  },
  'rate-limiter.limiter.degraded': {
    description:
      'The table did not answer in time, and a policy’s `onError` decided `count` times in a minute: approximate, and never too high. Once for a policy and minute, when the minute is over and the table works again. The subject of the event is `<policy>/`.',
    example: { policy: 'writes', minute: '2026-03-12T19:03:00.000Z', count: 7 },
  },
}

export const eventsDescription: EventsDescription = {
  title: 'Events of the rate limiter',
  description:
    'Events of policies and of the subjects that they limit: the `detail` of events on the bus of the stack. The subject is the name of a policy, or that, a slash and whom it limits (nobody: all).',
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
