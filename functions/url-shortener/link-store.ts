import type { ChangeLinkDeps } from './change-link.ts'
import type { CreateLinkDeps } from './create-link.ts'
import type { DeleteLinkDeps } from './delete-link.ts'
import { createChange, createRemove } from './link-change-store.ts'
import { createInsert } from './link-insert-store.ts'
import { createReadPage } from './link-list-store.ts'
import { createLinkReads, type LinkReads } from './link-read-store.ts'
import { createReadStates, type ReadStates } from './link-state-store.ts'
import type { LinkTransactionsOptions } from './link-transaction-store.ts'
import type { ListLinksDeps } from './list-links.ts'

/**
 * Links in DynamoDB: one item a link (`pk = L#<code>`, `sk = link`), beside it what few have (`details`, `cap`), listed
 * by tenant in a sparse index that a deleted link leaves. All reject as `DynamoDB` does, writes also with AppError
 * (retryable) `conflict` when others keep getting in the way. Every write leaves a version of its own, by which it knows
 * itself again when its answer was lost and it is tried once more. It also marks its event, whose id that version is,
 * and raises the link's sequence: the outbox does the rest.
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
