import type { OperateStore } from '../operate-routes.ts'
import { createDocumentStore } from './documents.ts'
import { createEndpointStore } from './endpoints.ts'
import { createProviderStore, type ProviderStoreOptions } from './provider-store.ts'
import { createReadNotification } from './read-notification.ts'

/** Creates all that the operators' routes read and write. */
export function createOperateStore(options: ProviderStoreOptions): OperateStore {
  const { read, write } = createEndpointStore(options)
  const { breakers } = createProviderStore(options)
  return {
    readEndpoint: read,
    replaceEndpoint: write,
    readNotification: createReadNotification(options),
    breakers,
    documents: createDocumentStore(options),
    async ping(signal) {
      await breakers.read('', signal)
    },
  }
}
