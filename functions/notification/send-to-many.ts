import { createHash } from 'node:crypto'
import type { Clock } from '../shared/clock.ts'
import type { ReadCategory } from './domain/category.ts'
import type { ReadNotification } from './domain/notification.ts'
import type { ReadPerson } from './domain/person.ts'
import type { ReadTemplate } from './domain/template.ts'
import type { SharedRequest } from './send/request.ts'
import { createSend, type Send, type StoreNotification } from './send/send.ts'
import { renderTemplate } from './templates/render.ts'

/** All that is read and written to notify many users alike. */
export interface SendToManyStore {
  readCategory: ReadCategory
  readTemplate: ReadTemplate
  readPerson: ReadPerson
  storeNotification: StoreNotification
  read: ReadNotification
}

/** Reads the category and the template of a message once, and then sends it to many users. */
export function sendToMany({ store, now }: { store: SendToManyStore; now: Clock }) {
  return async ({ tenant, category: name, source }: SharedRequest, signal: AbortSignal): Promise<Send> => {
    const [category, template] = await Promise.all([
      store.readCategory({ tenant, name }, signal),
      'template' in source ? store.readTemplate({ tenant, name: source.template }, signal) : undefined,
    ])
    return createSend({
      readCategory: async () => category,
      readTemplate: async () => template,
      readPerson: store.readPerson,
      render: renderTemplate,
      // Users have no addresses in the request.
      judgeUrl: async () => undefined,
      store: store.storeNotification,
      read: store.read,
      now,
    })
  }
}

/** Derives the id of a notification from all that makes it the same one, by which a repetition finds it made. */
export function derivedId(...parts: string[]): string {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(`${part.length}:${part}`)
  return digest.digest('base64url').slice(0, 22)
}
