import { type BatchGetOptions, createBatchGet } from '../shared/data/batch-get.ts'
import type { Item } from '../shared/data/conditional-write.ts'
import type { Link, LinkState } from './domain/link.ts'
import { CAP, DETAILS, keyOf, keysBeside, toDetails } from './store/items.ts'

/**
 * Reads what is kept beside links, of those alone that have any of it.
 *
 * @throws as `BatchGet` does.
 */
export type ReadStates = (
  links: readonly Link[],
  options: { consistent: boolean; signal: AbortSignal },
) => Promise<LinkState[]>

export function createReadStates(options: BatchGetOptions): ReadStates {
  const batchGet = createBatchGet(options)
  return async (links, asked) => {
    const found = await batchGet(links.flatMap(keysBeside), asked)
    const items = new Map(found.map((item) => [nameOf(item), item]))
    return links.map((link) => ({
      link,
      details: toDetails(items.get(nameOf(keyOf(link.code, DETAILS)))),
      clicks: Number(items.get(nameOf(keyOf(link.code, CAP)))?.clicks?.N ?? 0),
    }))
  }
}

function nameOf({ pk, sk }: Item): string {
  return `${pk?.S} ${sk?.S}`
}
