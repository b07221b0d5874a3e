import type { Item } from '../shared/data/conditional-write.ts'
import type { DynamoDB } from '../shared/data/dynamodb.ts'
import { AppError } from '../shared/errors.ts'
import type { Link, LinkState } from './link.ts'
import { CAP, DETAILS, keyOf, toDetails } from './link-item-store.ts'

/**
 * Reads what is kept beside links, of those alone that have any of it, in requests of 100 items.
 *
 * @throws as `DynamoDB` does, and AppError (retryable) when it keeps leaving items unread.
 */
export type ReadStates = (
  links: readonly Link[],
  options: { consistent: boolean; signal: AbortSignal },
) => Promise<LinkState[]>

/** What a request of DynamoDB takes. */
const BATCH = 100
/** DynamoDB leaves out what is over its 16 MB, and what it throttles. */
const MAX_READS = 5

export function createReadStates(dynamodb: DynamoDB, tableName: string): ReadStates {
  const readBatch = async (keys: readonly Item[], consistent: boolean, signal: AbortSignal): Promise<Item[]> => {
    const found: Item[] = []
    let left: readonly Item[] = keys
    for (let read = 0; read < MAX_READS && left.length > 0; read++) {
      const RequestItems = { [tableName]: { Keys: [...left], ConsistentRead: consistent } }
      const { Responses = {}, UnprocessedKeys = {} } = await dynamodb('BatchGetItem', { RequestItems }, { signal })
      found.push(...(Responses[tableName] ?? []))
      left = UnprocessedKeys[tableName]?.Keys ?? []
    }
    if (left.length === 0) return found
    throw new AppError('dependency-failed', 'DynamoDB left items of links unread', { retryable: true })
  }

  return async (links, { consistent, signal }) => {
    const keys = links.flatMap(keysBeside)
    const batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, index) =>
      readBatch(keys.slice(index * BATCH, (index + 1) * BATCH), consistent, signal),
    )
    const items = new Map((await Promise.all(batches)).flat().map((item) => [nameOf(item), item]))
    return links.map((link) => ({
      link,
      details: toDetails(items.get(nameOf(keyOf(link.code, DETAILS)))),
      clicks: Number(items.get(nameOf(keyOf(link.code, CAP)))?.clicks?.N ?? 0),
    }))
  }
}

function keysBeside({ code, hasRules, hasExpiredUrl, passwordId, hasCounter }: Link): Item[] {
  const hasDetails = hasRules || hasExpiredUrl || passwordId !== null
  return [...(hasDetails ? [keyOf(code, DETAILS)] : []), ...(hasCounter ? [keyOf(code, CAP)] : [])]
}

function nameOf({ pk, sk }: Item): string {
  return `${pk?.S} ${sk?.S}`
}
