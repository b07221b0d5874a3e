import type { Item } from '../../shared/data/table.ts'
import { eventContent } from '../../shared/events/event-content.ts'
import type { EventContent } from '../../shared/events/outbox.ts'
import { definitionView, type PolicyDefinition } from '../domain/policy.ts'
import { eventSubject, limitDenied, limiterDegraded, limitNeared, policyChanged } from '../events.ts'

/**
 * Derives an event's content from the images of an item, after the change and before it.
 *
 * @throws Error for a type that isn't known here, or naming the fields that an image lacks.
 */
export function limiterEventContent(image: Item, type: string, before: Item | undefined): EventContent {
  const tenant = image.tenant?.S
  switch (type) {
    case policyChanged.type: {
      const given = { name: image.name?.S, before: definitionOf(before), after: definitionOf(image) }
      return eventContent(policyChanged, { tenant, given, subjectOf: ({ name }) => name })
    }
    case limitNeared.type: {
      const { policy, subject, limit, used, windowStart, windowEnd } = image
      const counted = { limit: Number(limit?.N), used: Number(used?.N) }
      const window = { windowStart: windowStart?.S, windowEnd: windowEnd?.S }
      const given = { policy: policy?.S, subject: subject?.S, ...counted, ...window }
      return eventContent(limitNeared, { tenant, given, subjectOf: eventSubject })
    }
    case limitDenied.type: {
      const { policy, subject, minute, count } = image
      const given = { policy: policy?.S, subject: subject?.S, minute: minute?.S, count: Number(count?.N) }
      return eventContent(limitDenied, { tenant, given, subjectOf: eventSubject })
    }
    case limiterDegraded.type: {
      const { policy, minute, count } = image
      const given = { policy: policy?.S, minute: minute?.S, count: Number(count?.N) }
      return eventContent(limiterDegraded, { tenant, given, subjectOf: eventSubject })
    }
    default:
      throw new Error(`No event of the limiter is called ${type}`)
  }
}

function definitionOf(image: Item | undefined) {
  const json = image?.definitionJson?.S
  return json === undefined ? null : definitionView(JSON.parse(json) as PolicyDefinition)
}
