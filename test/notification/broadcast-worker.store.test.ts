import { randomUUID } from 'node:crypto'
import { type BroadcastStore, prepareBroadcast } from '../../functions/notification/broadcast-worker.ts'
import type { BroadcastId } from '../../functions/notification/domain/broadcast.ts'
import type { Tracked } from '../../functions/notification/domain/notification.ts'
import type { Message } from '../../functions/notification/send/message.ts'
import { createBroadcastStore } from '../../functions/notification/store/broadcast-store.ts'
import { createTopicStore } from '../../functions/notification/store/topic-store.ts'
import { publishMessage } from '../../functions/notification/topics/publish.ts'
import { createRunBroadcast } from '../../functions/notification/topics/run-broadcast.ts'
import { changeSubscriptions } from '../../functions/notification/topics/subscribe.ts'
import { startTimer } from '../../functions/shared/resilience/timer.ts'
import { newTenant } from '../support/cloud.ts'
import { aCategory, aRequest, CAUSE } from './notifications.ts'
import { notificationTable } from './store/notification-table.ts'

const { signal } = new AbortController()
const under = await notificationTable()
const topics = createTopicStore(under)
const store = createBroadcastStore(under)
const { subscribe } = changeSubscriptions({ ...topics, now: Date.now })
const publish = publishMessage<Message>({ ...topics, now: Date.now })
const topic = 'news'

/** A broadcast to so many users, of a category that is there. */
async function published(count: number): Promise<BroadcastId & { users: readonly string[] }> {
  const tenant = newTenant()
  const users = Array.from({ length: count }, (_, index) => `user-${String(index).padStart(3, '0')}`)
  await Promise.all(users.map((user) => subscribe({ tenant, topic, user }, signal)))
  const { to, steps, ...shared } = aRequest({ tenant })
  const message = { ...shared, steps: [{ channel: 'email' as const }] }
  const id = randomUUID()
  await publish({ tenant, id, topic, message, priority: 'normal', lastDueAt: Date.now(), cause: CAUSE }, signal)
  return { tenant, id, users }
}

/** A worker, of which `storing` sees each notification that it stores. */
function worker(storing: (tracked: Tracked) => Promise<void> | void = () => undefined) {
  const stores: BroadcastStore = {
    ...store,
    readCategory: async () => aCategory(),
    async storeNotification(tracked, inner) {
      const outcome = await store.storeNotification(tracked, inner)
      await storing(tracked)
      return outcome
    },
  }
  const prepare = prepareBroadcast({ store: stores, now: Date.now })
  const run = createRunBroadcast({ ...stores, prepare, now: Date.now, startTimer })
  return ({ tenant, id }: BroadcastId) => run({ tenant, id }, Date.now() + 60_000, signal)
}

const progressOf = ({ tenant, id }: BroadcastId) => topics.readProgress({ tenant, id }, signal)

test('a worker that dies in the middle of a step, and two that then go on at once, notify each subscriber once', async () => {
  const broadcast = await published(40)
  const stored = new Map<string, string>()
  const note = ({ notification: { id, to } }: Tracked) => {
    const user = 'userId' in to ? to.userId : ''
    // A repeat for the same subscriber finds the same notification.
    expect(stored.get(user) ?? id).toBe(id)
    stored.set(user, id)
  }
  let calls = 0
  const dying = worker((tracked) => {
    note(tracked)
    calls += 1
    if (calls === 30) throw new Error('killed')
  })

  await expect(dying(broadcast)).rejects.toThrow('killed')
  await Promise.all([worker(note)(broadcast), worker(note)(broadcast)])
  await worker(note)(broadcast)

  expect([...stored.keys()].sort()).toEqual(broadcast.users)
  await expect(progressOf(broadcast)).resolves.toEqual({ status: 'done', total: 40, queued: 40, done: 0, failed: 0 })
})

test('a stop that races with the worker: what was stored is what counts as queued', async () => {
  const broadcast = await published(60)
  const stored = new Set<string>()
  const stopAt = 30
  const run = worker(async ({ notification: { id } }) => {
    stored.add(id)
    if (stored.size === stopAt) await topics.stopBroadcast(broadcast, signal)
  })

  await run(broadcast)

  await expect(progressOf(broadcast)).resolves.toMatchObject({ status: 'stopped', total: 60, queued: stored.size })
  expect(stored.size).toBe(50)
})

test('of a step that died before its broadcast was stopped, the notifications that end still count as queued', async () => {
  const broadcast = await published(3)
  const ids: string[] = []
  const dying = worker(({ notification: { id } }) => {
    ids.push(id)
    if (ids.length === 3) throw new Error('killed')
  })
  await expect(dying(broadcast)).rejects.toThrow('killed')
  await topics.stopBroadcast(broadcast, signal)
  await worker()(broadcast)

  for (const id of ids) await under.cancel({ tenant: broadcast.tenant, id })

  await expect(progressOf(broadcast)).resolves.toMatchObject({ status: 'stopped', queued: 3, done: 3, failed: 0 })
})

test('a subscriber counts as failed when there is no category any more', async () => {
  const broadcast = await published(2)
  const prepare = prepareBroadcast({ store, now: Date.now })
  const run = createRunBroadcast({ ...store, prepare, now: Date.now, startTimer })
  await run(broadcast, Date.now() + 60_000, signal)
  await expect(progressOf(broadcast)).resolves.toEqual({ status: 'done', total: 2, queued: 0, done: 0, failed: 2 })
})
