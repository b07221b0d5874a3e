import type { Table } from '../../shared/data/table.ts'
import type { ManageStore } from '../manage-routes.ts'
import { createListCategories } from './categories.ts'
import { createDocumentStore } from './documents.ts'

/** Creates all that the routes of definitions read and write. */
export function createManageStore(table: Table): ManageStore & { ping: (signal: AbortSignal) => Promise<void> } {
  const documents = createDocumentStore(table)
  return {
    readDocument: documents.read,
    writeDocument: documents.write,
    listCategories: createListCategories(table),
    async ping(signal) {
      await documents.read({ tenant: '', kind: 'settings' }, signal)
    },
  }
}
