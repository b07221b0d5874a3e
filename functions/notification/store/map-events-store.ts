import type { MapEventsStore } from '../map-events-worker.ts'
import { createReadCategory } from './categories.ts'
import { createDocumentStore } from './documents.ts'
import { createReadMapping } from './mappings.ts'
import { createReadPerson } from './people.ts'
import { createReadNotification } from './read-notification.ts'
import { createStoreNotification, type StoreNotificationOptions } from './store-notification.ts'
import { createReadTemplate } from './templates.ts'

/** Creates all that the consumer of events reads and writes. */
export function createMapEventsStore(options: StoreNotificationOptions): MapEventsStore {
  const { read } = createDocumentStore(options)
  return {
    readMapping: createReadMapping(read),
    readCategory: createReadCategory(read),
    readTemplate: createReadTemplate(options),
    readPerson: createReadPerson(options),
    storeNotification: createStoreNotification(options),
    read: createReadNotification(options),
  }
}
