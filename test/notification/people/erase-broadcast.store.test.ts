import { randomUUID } from 'node:crypto'
import { prepareBroadcast } from '../../../functions/notification/broadcast-worker.ts'
import { createEraseTask } from '../../../functions/notification/people/erase.ts'
import type { Message } from '../../../functions/notification/send/message.ts'
import { createBroadcastStore } from '../../../functions/notification/store/broadcast-store.ts'
import { createTopicStore } from '../../../functions/notification/store/topic-store.ts'
import { createUserTasksStore } from '../../../functions/notification/store/user-tasks-store.ts'
import { publishMessage } from '../../../functions/notification/topics/publish.ts'
import { createRunBroadcast } from '../../../functions/notification/topics/run-broadcast.ts'
import { changeSubscriptions } from '../../../functions/notification/topics/subscribe.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { eventually } from '../../support/eventually.ts'
import { manageApi } from '../manage-api.ts'
import { aCategory, aRequest, CAUSE } from '../notifications.ts'
import { notificationTable } from '../store/notification-table.ts'

const world = await notificationTable()
const { call, tasks, tenant } = await manageApi({ table: world.table })
const { signal } = new AbortController()
const user = { tenant, userId: 'gina' }

/** @proves notification/erased */
test('what a broadcast sends to a user who is erased in the middle of its step is erased as well', async () => {
  const topics = createTopicStore(world)
  const { subscribe } = changeSubscriptions({ ...topics, now: Date.now })
  await subscribe({ tenant, topic: 'news', user: user.userId }, signal)
  const { to, steps, ...shared } = aRequest({ tenant })
  const message = { ...shared, steps: [{ channel: 'inapp' as const }] }
  const id = randomUUID()
  const broadcast = {
    tenant,
    id,
    topic: 'news',
    message,
    priority: 'normal',
    lastDueAt: Date.now(),
    cause: CAUSE,
  } as const
  await publishMessage<Message>({ ...topics, now: Date.now })(broadcast, signal)
  const all = createBroadcastStore(world)
  const store: typeof all = {
    ...all,
    readCategory: async () => aCategory({ channels: ['inapp'] }),
    async readSubscribers(query, inner) {
      const page = await all.readSubscribers(query, inner)
      if (query.limit < 1000) {
        expect((await call('DELETE /v1/users/gina')).status).toBe(204)
        // The notification comes later by any clock.
        const erasedAt = Date.now()
        await eventually(async () => expect(Date.now()).toBeGreaterThan(erasedAt))
      }
      return page
    },
  }
  const run = createRunBroadcast({
    ...store,
    prepare: prepareBroadcast({ store, now: Date.now }),
    now: Date.now,
    startTimer,
  })

  await run({ tenant, id }, Date.now() + 60_000, signal)

  const userTasks = createUserTasksStore({ ...world, randomBytes })
  const listed = async () => (await userTasks.readNotifications({ ...user, after: undefined }, signal)).items
  await eventually(async () => expect(await listed()).toMatchObject([{ status: 'accepted' }]))
  const erase = createEraseTask({ ...userTasks, cancel: world.cancel, sendTask: async () => undefined })
  for (const task of tasks) await erase(task, signal)
  await eventually(async () => expect(await listed()).toEqual([]))
})
