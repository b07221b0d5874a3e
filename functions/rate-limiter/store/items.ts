import type { Item } from '../../shared/data/table.ts'
import type { Override, PolicyDefinition, StoredPolicy } from '../domain/policy.ts'
import { subjectOf } from './keys.ts'

/** Reads a policy; `undefined` for an item of one that was deleted. */
export function toPolicy(item: Item | undefined): StoredPolicy | undefined {
  if (item?.definitionJson?.S === undefined) return undefined
  return {
    tenant: item.tenant?.S ?? '',
    name: item.name?.S ?? '',
    definition: JSON.parse(item.definitionJson.S) as PolicyDefinition,
    version: item.version?.S ?? '',
    updatedAt: item.updatedAt?.S ?? '',
    overrides: Number(item.overrides?.N ?? 0),
    children: Number(item.children?.N ?? 0),
  }
}

/** Returns whether this is the item of a deleted policy whose overrides are not all removed yet. */
export function leftOverrides(item: Item | undefined): boolean {
  return item?.definitionJson === undefined && Number(item?.overrides?.N ?? 0) > 0
}

export function toOverride(item: Item, policy: string): Override {
  const burst = item.burst?.N
  return {
    subject: subjectOf(item),
    policy,
    limit: Number(item.limit?.N),
    ...(burst !== undefined && { burst: Number(burst) }),
  }
}

/** Attributes of an override, beside its key. */
export function overrideAttributes({ limit, burst }: Override): Item {
  return { limit: number(limit), ...(burst !== undefined && { burst: number(burst) }) }
}

export function number(value: number): { N: string } {
  return { N: String(value) }
}
