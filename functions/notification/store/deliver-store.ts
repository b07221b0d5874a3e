import type { DeliverStore } from '../deliver-worker.ts'
import { createReadCategory } from './categories.ts'
import { createDocumentStore } from './documents.ts'
import { createOutboxItems } from './outbox-items.ts'
import { createRevise, type ReviseOptions } from './revise.ts'

/** Creates all that workers read and write. */
export function createDeliverStore(options: ReviseOptions): DeliverStore {
  return {
    revise: createRevise(options),
    readCategory: createReadCategory(createDocumentStore(options).read),
    keep: createOutboxItems(options).keep,
  }
}
