import type { RandomBytes } from '../../shared/clock.ts'
import type { DeliverStore } from '../deliver-worker.ts'
import { createAddToInbox } from './add-to-inbox.ts'
import { createHashAddress, createTenantMac } from './address-hash.ts'
import { createReadCategory } from './categories.ts'
import { createReadWindow } from './digest-windows.ts'
import { createDocumentStore } from './documents.ts'
import { createOutboxItems } from './outbox-items.ts'
import { createReadPerson } from './people.ts'
import { createProviderStore } from './provider-store.ts'
import { createReadInbox, createReadInboxMarks } from './read-inbox.ts'
import { createReadNotification } from './read-notification.ts'
import { createRevise, type ReviseOptions } from './revise.ts'
import { createReadStanding } from './standing.ts'
import { createReadTemplate } from './templates.ts'
import { createTakeThrottle } from './throttle.ts'
import { createIssueUnsubscribeToken } from './unsubscribe-tokens.ts'

export interface DeliverStoreOptions extends ReviseOptions {
  randomBytes: RandomBytes
}

/** Creates all that workers read and write. */
export function createDeliverStore(options: DeliverStoreOptions): DeliverStore {
  const mac = createTenantMac(options)
  const hashAddress = createHashAddress(mac)
  return {
    ...createProviderStore(options),
    readNotification: createReadNotification(options),
    revise: createRevise(options),
    readCategory: createReadCategory(createDocumentStore(options).read),
    readPerson: createReadPerson(options),
    readStanding: createReadStanding({ ...options, hashAddress }),
    readTemplate: createReadTemplate(options),
    readWindow: createReadWindow(options),
    takeThrottle: createTakeThrottle(options),
    addToInbox: createAddToInbox(options),
    readInboxHead: createReadInbox(options).head,
    readInboxMarks: createReadInboxMarks(options),
    issueToken: createIssueUnsubscribeToken({ ...options, mac, hashAddress }),
    keep: createOutboxItems(options).keep,
  }
}
