import type { ChangeLinkDeps } from '../manage/change-link.ts'
import type { CreateLinkDeps } from '../manage/create-link.ts'
import type { DeleteLinkDeps } from '../manage/delete-link.ts'
import type { ListLinksDeps } from '../manage/list-links.ts'
import { createChange, createRemove } from './change-link.ts'
import { createInsert } from './insert-link.ts'
import { createLinkReads, createReadPage, createReadStates, type LinkReads, type ReadStates } from './reads.ts'
import type { LinkTransactionsOptions } from './transactions.ts'

/**
 * Stores links in DynamoDB: one item per link (`pk = L#<code>`, `sk = link`), second items that few links have
 * (`details`, `cap`), and a sparse index by tenant, which a deleted link leaves. All methods reject as `DynamoDB` does,
 * and writes also with AppError (retryable) `conflict` after repeated conflicts. Every write stores the id of its
 * operation as the link's version, by which a retry after a lost response recognises its own write. It also writes the
 * outbox entry of its event, under the same id, and raises the link's sequence: the outbox does the rest.
 */
export interface LinkStore extends LinkReads {
  insert: CreateLinkDeps['insert']
  change: ChangeLinkDeps['change']
  /** Removes a link. Only its code remains. */
  remove: DeleteLinkDeps['remove']
  /** Reads links of a tenant, newest first, at most `limit`. Eventually consistent. */
  readPage: ListLinksDeps['readPage']
  readStates: ReadStates
}

export function createLinkStore(options: LinkTransactionsOptions): LinkStore {
  const readStates = createReadStates(options)
  return {
    ...createLinkReads(options),
    change: createChange({ ...options, readStates }),
    remove: createRemove(options),
    insert: createInsert({ ...options, readStates }),
    readPage: createReadPage(options),
    readStates,
  }
}
