import type { TransactWhenFreeOptions } from '../../shared/data/transact-when-free.ts'
import type { TopicStore } from '../topic-routes.ts'
import {
  type BroadcastStoreOptions,
  createReadBroadcast,
  createReadProgress,
  createStopBroadcast,
  createStoreBroadcast,
} from './broadcasts.ts'
import { createReadCategory } from './categories.ts'
import { createDocumentStore } from './documents.ts'
import {
  createEndSubscription,
  createNextVersion,
  createReadSubscribers,
  createStartSubscription,
} from './subscribers.ts'
import { createReadTemplate } from './templates.ts'

/** Creates all that the routes of topics read and write. */
export function createTopicStore(options: TransactWhenFreeOptions & BroadcastStoreOptions): TopicStore {
  const documents = createDocumentStore(options)
  return {
    nextVersion: createNextVersion(options),
    startSubscription: createStartSubscription(options),
    endSubscription: createEndSubscription(options),
    readSubscribers: createReadSubscribers(options),
    storeBroadcast: createStoreBroadcast(options),
    readBroadcast: createReadBroadcast(options),
    readProgress: createReadProgress(options),
    stopBroadcast: createStopBroadcast(options),
    readCategory: createReadCategory(documents.read),
    readTemplate: createReadTemplate(options),
    async ping(signal) {
      await documents.read({ tenant: '', kind: 'settings' }, signal)
    },
  }
}
