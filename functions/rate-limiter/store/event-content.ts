import * as z from 'zod/mini'
import type { Item } from '../../shared/data/table.ts'
import type { EventContent } from '../../shared/events/outbox.ts'
import { definitionView, type PolicyDefinition } from '../domain/policy.ts'
import { eventSubject, limitDenied, limiterDegraded, limitNeared, policyChanged } from '../events.ts'

/** An event's type, as `defineEvent` makes it. */
interface Definition<Data> {
  readonly type: string
  readonly schemaVersion: number
  readonly schema: { readonly shape: { readonly data: z.ZodMiniType<Data> } }
}

/**
 * Derives an event's content from the images of an item, after the change and before it.
 *
 * @throws Error for a type that isn't known here, or naming the fields that an image lacks.
 */
export function limiterEventContent(image: Item, type: string, before: Item | undefined): EventContent {
  switch (type) {
    case policyChanged.type: {
      const given = { name: image.name?.S, before: definitionOf(before), after: definitionOf(image) }
      return contentOf(policyChanged, { image, given }, ({ name }) => name)
    }
    case limitNeared.type: {
      const { policy, subject, limit, used, windowStart, windowEnd } = image
      const counted = { limit: Number(limit?.N), used: Number(used?.N) }
      const window = { windowStart: windowStart?.S, windowEnd: windowEnd?.S }
      const given = { policy: policy?.S, subject: subject?.S, ...counted, ...window }
      return contentOf(limitNeared, { image, given }, eventSubject)
    }
    case limitDenied.type: {
      const { policy, subject, minute, count } = image
      const given = { policy: policy?.S, subject: subject?.S, minute: minute?.S, count: Number(count?.N) }
      return contentOf(limitDenied, { image, given }, eventSubject)
    }
    case limiterDegraded.type: {
      const { policy, minute, count } = image
      const given = { policy: policy?.S, minute: minute?.S, count: Number(count?.N) }
      return contentOf(limiterDegraded, { image, given }, eventSubject)
    }
    default:
      throw new Error(`No event of the limiter is called ${type}`)
  }
}

function definitionOf(image: Item | undefined) {
  const json = image?.definitionJson?.S
  return json === undefined ? null : definitionView(JSON.parse(json) as PolicyDefinition)
}

function contentOf<Data>(
  { type, schemaVersion, schema }: Definition<Data>,
  { image, given }: { image: Item; given: object },
  subjectOf: (data: Data) => string,
): EventContent {
  const data = z.safeParse(schema.shape.data, given)
  if (!image.tenant?.S || !data.success) {
    const fields = data.error?.issues.map(({ path }) => path.join('.')) ?? ['tenant']
    throw new Error(`The item lacks what a ${type} tells: ${fields.join(', ')}`)
  }
  return { schemaVersion, tenant: image.tenant.S, subject: subjectOf(data.data), data: data.data }
}
