import type { Tracked } from '../../functions/notification/domain/notification.ts'
import type { Template } from '../../functions/notification/domain/template.ts'
import { sendToMany } from '../../functions/notification/send-to-many.ts'
import { aCategory, aRequest } from './notifications.ts'

const { signal } = new AbortController()
const hello: Template = {
  ...{ name: 'hello', version: 1, digest: false },
  locales: { '': { email: { subject: 'Hi', text: 'Hi' } } },
}

/** Creates a sender of a message with a template, over memory. */
function world() {
  const stored = new Map<string, Tracked>()
  const state = { template: hello as Template | undefined }
  const store = {
    readCategory: async () => aCategory(),
    readTemplate: async () => state.template,
    readPerson: async () => undefined,
    async storeNotification(tracked: Tracked) {
      const existing = stored.get(tracked.notification.id)
      if (existing) return { outcome: 'exists', tracked: existing } as const
      stored.set(tracked.notification.id, tracked)
      return { outcome: 'stored' } as const
    },
    read: async ({ id }: { id: string }) => stored.get(id),
  }
  const prepare = sendToMany({ store, now: () => 0 })
  return {
    ...{ state, stored },
    /** Sends as one invocation of a worker does. */
    async send(id: string, data: object = {}) {
      const request = aRequest({ source: { template: 'hello' }, to: { userId: id }, data: { ...data } })
      return (await prepare(request, signal))({ request, id }, signal)
    },
  }
}

/** @proves notification/one-effect */
test('whoever was notified by an earlier try is not refused when the template was deleted meanwhile', async () => {
  const { send, state } = world()
  const first = await send('ann')
  state.template = undefined
  expect(await send('ann')).toEqual(first)
  expect(await send('bob')).toEqual({ outcome: 'unknown-template' })
})

test('an id that was derived names one notification, whatever its message is by now', async () => {
  const { send, stored } = world()
  const first = await send('ann')
  expect(await send('ann', { order: 2 })).toEqual(first)
  expect(stored.size).toBe(1)
})
