import type { ApiStore } from '../api-routes.ts'
import { createReadCategory } from './categories.ts'
import { createDocumentStore } from './documents.ts'
import { createReadListed } from './list-notifications.ts'
import { createOutboxItems } from './outbox-items.ts'
import { createReadPerson } from './people.ts'
import { createReadNotification } from './read-notification.ts'
import { createRevise, type ReviseOptions } from './revise.ts'
import { createStoreNotification, type StoreNotificationOptions } from './store-notification.ts'
import { createReadTemplate } from './templates.ts'

/** Creates all that the routes of notifications read and write. */
export function createApiStore(options: ReviseOptions & StoreNotificationOptions): ApiStore {
  const read = createReadNotification(options)
  return {
    storeNotification: createStoreNotification(options),
    read,
    readListed: createReadListed(options),
    readCategory: createReadCategory(createDocumentStore(options).read),
    readPerson: createReadPerson(options),
    readTemplate: createReadTemplate(options),
    readOutbox: createOutboxItems(options).read,
    revise: createRevise(options),
    async ping(signal) {
      await read({ tenant: '', id: '' }, signal)
    },
  }
}
