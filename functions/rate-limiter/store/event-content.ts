import * as z from 'zod/mini'
import type { Item } from '../../shared/data/table.ts'
import type { EventContent } from '../../shared/events/outbox.ts'
import { definitionView, type PolicyDefinition } from '../domain/policy.ts'
import { policyChanged } from '../events.ts'

/**
 * Derives an event's content from the images of a policy's item, after the change and before it.
 *
 * @throws Error for a type that isn't known here, or naming the fields that an image lacks.
 */
export function limiterEventContent(image: Item, type: string, before: Item | undefined): EventContent {
  if (type !== policyChanged.type) throw new Error(`No event of the limiter is called ${type}`)
  const { tenant, name } = image
  const data = z.safeParse(policyChanged.schema.shape.data, {
    name: name?.S,
    before: definitionOf(before),
    after: definitionOf(image),
  })
  if (!tenant?.S || !name?.S || !data.success) {
    const fields = data.error?.issues.map(({ path }) => path.join('.')) ?? ['tenant']
    throw new Error(`The item lacks what a ${type} tells: ${fields.join(', ')}`)
  }
  return { schemaVersion: policyChanged.schemaVersion, tenant: tenant.S, subject: name.S, data: data.data }
}

function definitionOf(image: Item | undefined) {
  const json = image?.definitionJson?.S
  return json === undefined ? null : definitionView(JSON.parse(json) as PolicyDefinition)
}
