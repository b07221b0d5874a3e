import type { Clock, RandomBytes } from '../../shared/clock.ts'
import type { BatchGetOptions } from '../../shared/data/batch-get.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { ManageStore } from '../manage-routes.ts'
import type { EndpointHealth } from '../webhooks/send-webhook.ts'
import { createHashAddress, createTenantMac } from './address-hash.ts'
import { createListCategories } from './categories.ts'
import { createDocumentStore } from './documents.ts'
import { createEndpointStore, type EndpointStore } from './endpoints.ts'
import { createEraseItems, createEraseSubscriptions } from './erase-user.ts'
import { createReadPerson } from './people.ts'
import { createReadStanding } from './standing.ts'
import { createSuppressions } from './suppressions.ts'
import { createReadTemplate, createTemplateStore } from './templates.ts'
import { createResubscribe } from './unsubscriptions.ts'
import { createEndpointHealth } from './webhook-health.ts'

export interface ManageStoreOptions extends BatchGetOptions {
  randomBytes: RandomBytes
  startTimer: StartTimer
  newId: () => string
  now: Clock
}

/** Creates all that the management routes read and write. */
export function createManageStore(options: ManageStoreOptions): ManageStore {
  const documents = createDocumentStore(options)
  const standing = { ...options, hashAddress: createHashAddress(createTenantMac(options)) }
  return {
    documents,
    listCategories: createListCategories(options),
    endpoints: withOwnFailures(createEndpointStore(options), createEndpointHealth(options)),
    templates: createTemplateStore(options),
    readTemplate: createReadTemplate(options),
    readPerson: createReadPerson(options),
    readStanding: createReadStanding(standing),
    resubscribe: createResubscribe(standing),
    ...createSuppressions(standing),
    eraseSubscriptions: createEraseSubscriptions(options),
    eraseItems: createEraseItems(standing),
    async ping(signal) {
      await documents.read({ tenant: '', kind: 'settings' }, signal)
    },
  }
}

/** Forgets the failures of an endpoint with its address, so that they don't count against the next one. */
function withOwnFailures(store: EndpointStore, { recordSuccess }: EndpointHealth): EndpointStore {
  return {
    ...store,
    async write({ before, after }, signal) {
      const endpoint = after ?? before
      if (endpoint?.channel === 'webhook' && before?.address !== after?.address) {
        // Before the write: a crash between the two costs the old address some days of patience at most.
        await recordSuccess({ tenant: endpoint.tenant, endpointId: endpoint.id }, signal)
      }
      return store.write({ before, after }, signal)
    },
  }
}
