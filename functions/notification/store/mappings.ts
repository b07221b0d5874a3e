import type { ReadDocument } from '../documents.ts'
import type { MappingDefinition } from '../domain/mapping.ts'
import type { ReadMapping } from '../mappings/consume-event.ts'

/** Creates the read of a mapping, by which events become notifications. It rejects as `DynamoDB` does. */
export function createReadMapping(read: ReadDocument): ReadMapping {
  return async ({ tenant, detailType }, signal) => {
    const document = await read<MappingDefinition>({ tenant, kind: 'mapping', name: detailType }, signal)
    return document && { detailType, ...document.value }
  }
}
