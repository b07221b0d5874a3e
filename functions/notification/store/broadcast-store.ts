import type { BroadcastStore } from '../broadcast-worker.ts'
import { createAdvance, createContinue, createReadBroadcast, createReadMessage } from './broadcasts.ts'
import { createReadCategory } from './categories.ts'
import { createDocumentStore } from './documents.ts'
import { createReadPerson } from './people.ts'
import { createReadNotification } from './read-notification.ts'
import { createStoreNotification, type StoreNotificationOptions } from './store-notification.ts'
import { createReadSubscribers } from './subscribers.ts'
import { createReadTemplate } from './templates.ts'

/** Creates all that the worker of broadcasts reads and writes. */
export function createBroadcastStore(options: StoreNotificationOptions): BroadcastStore {
  return {
    readBroadcast: createReadBroadcast(options),
    readMessage: createReadMessage(options),
    readSubscribers: createReadSubscribers(options),
    advance: createAdvance(options),
    continueLater: createContinue(options),
    readCategory: createReadCategory(createDocumentStore(options).read),
    readTemplate: createReadTemplate(options),
    readPerson: createReadPerson(options),
    storeNotification: createStoreNotification(options),
    read: createReadNotification(options),
  }
}
