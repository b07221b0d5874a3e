import type { ChangeLinkDeps } from '../manage/change-link.ts'
import type { CreateLinkDeps } from '../manage/create-link.ts'
import type { DeleteLinkDeps } from '../manage/delete-link.ts'
import type { ListLinksDeps } from '../manage/list-links.ts'
import { createChange, createRemove } from './change-link.ts'
import { createInsert } from './insert-link.ts'
import { createLinkReads, createReadPage, createReadStates, type LinkReads, type ReadStates } from './reads.ts'
import type { LinkTransactionsOptions } from './transactions.ts'

/**
 * Links in DynamoDB: one item a link (`pk = L#<code>`, `sk = link`), beside it what few have (`details`, `cap`), listed
 * by tenant in a sparse index that a deleted link leaves. All reject as `DynamoDB` does, writes also with AppError
 * (retryable) `conflict` when others keep getting in the way. Every write leaves the id of its operation as the link's version, by
 * which it knows itself again when its answer was lost and it is tried once more. It also writes the outbox entry of its
 * event, under the same id, and raises the link's sequence: the outbox does the rest.
 */
export interface LinkStore extends LinkReads {
  insert: CreateLinkDeps['insert']
  change: ChangeLinkDeps['change']
  /** Leaves the code, and nothing of what the link was. */
  remove: DeleteLinkDeps['remove']
  /** Links of a tenant, newest first; `limit` is how many are read at most. Eventually consistent. */
  readPage: ListLinksDeps['readPage']
  readStates: ReadStates
}

export function createLinkStore(options: LinkTransactionsOptions): LinkStore {
  const { dynamodb, tableName } = options
  const readStates = createReadStates(options)
  return {
    ...createLinkReads(dynamodb, tableName),
    change: createChange({ ...options, readStates }),
    remove: createRemove(options),
    insert: createInsert({ ...options, readStates }),
    readPage: createReadPage(dynamodb, tableName),
    readStates,
  }
}
