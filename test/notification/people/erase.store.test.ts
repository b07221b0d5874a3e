import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { claimed } from '../../../functions/notification/deliver/claim.ts'
import { deferred } from '../../../functions/notification/deliver/hold-back.ts'
import { moved } from '../../../functions/notification/domain/moves.ts'
import type { ChannelState, Tracked } from '../../../functions/notification/domain/notification.ts'
import { createEraseTask } from '../../../functions/notification/people/erase.ts'
import { createAddToInbox } from '../../../functions/notification/store/add-to-inbox.ts'
import { createOutboxItems } from '../../../functions/notification/store/outbox-items.ts'
import { createTopicStore } from '../../../functions/notification/store/topic-store.ts'
import { createUserTasksStore } from '../../../functions/notification/store/user-tasks-store.ts'
import { changeSubscriptions } from '../../../functions/notification/topics/subscribe.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { eventually } from '../../support/eventually.ts'
import { manageApi } from '../manage-api.ts'
import { notificationTable } from '../store/notification-table.ts'

const world = await notificationTable()
const { table, stored, revise, read, cancel } = world
const { call, tasks, tenant } = await manageApi({ table })
const { signal } = new AbortController()
const user = { tenant, userId: 'gina' }
const MAIL = 'secret@example.com'
const NUMBER = '+4915112345678'

const change = ({ notification }: Tracked, to: (channel: ChannelState) => ChannelState) =>
  revise(
    {
      id: notification,
      decide: ({ channels: [channel] }) => ({ changes: channel ? { channels: [to(channel)] } : null, result: true }),
    },
    signal,
  )

/** Claims a notification as a worker does that sends it to the user's mailbox. */
const claim = (tracked: Tracked) =>
  change(tracked, (channel) => {
    const standing = { suppressed: null, unsubscribed: new Set<string>() }
    const targets = [{ endpointId: 'default', address: MAIL, standing }]
    const claim = { token: 'worker', until: Date.now() + 30_000, onUncertain: 'drop' as const }
    return claimed(channel, { move: 'send', rules: [], targets }, { claim, now: Date.now() })
  })

const deliver = (tracked: Tracked) =>
  change(tracked, (channel) => {
    const deliveries = channel.deliveries.map((each) => ({ ...each, status: 'delivered' as const }))
    return moved(channel, { status: 'delivered', at: Date.now(), set: { claim: null, deliveries } })
  })

const aNotification = (text: string) =>
  stored({ tenant, to: { userId: 'gina' }, source: { content: { text } }, data: { text }, reference: text })

/** Does what the erasure asked for, and returns the tasks that it asks for again. */
async function doTasks() {
  const again: unknown[] = []
  const store = createUserTasksStore({ ...world, randomBytes })
  const erase = createEraseTask({ ...store, cancel, sendTask: async (task) => void again.push(task) })
  for (const task of tasks.splice(0).filter(({ delaySeconds }) => delaySeconds === 0)) await erase(task, signal)
  return again
}

async function allItems() {
  const { Items = [] } = await table.client.send(
    new ScanCommand({ TableName: table.tableName, ConsistentRead: true }),
    { signal },
  )
  return Items
}

/** @proves notification/erased */
test('nothing in the table tells an erased user’s addresses, or what was sent, and only empty counts name the user', async () => {
  expect((await call('PUT /v1/users/gina', { body: { email: MAIL, phone: NUMBER } })).status).toBe(201)
  const endpoint = { channel: 'sms', address: NUMBER, enabled: true }
  expect((await call('PUT /v1/users/gina/endpoints/ginas', { body: endpoint })).status).toBe(201)
  expect((await call('PUT /v1/users/gina/preferences', { body: { locale: 'fr' } })).status).toBe(200)
  for (const [channel, address] of [
    ['email', MAIL],
    ['sms', NUMBER],
  ]) {
    expect((await call(`PUT /v1/suppressions/${channel}`, { body: { address, reason: 'manual' } })).status).toBe(201)
  }
  const { subscribe } = changeSubscriptions({ ...createTopicStore(world), now: Date.now })
  await subscribe({ tenant, topic: 'news', user: 'gina' }, signal)
  const texts = { title: 'A secret title', body: 'A secret text', category: 'orders', url: null }
  const addToInbox = createAddToInbox(world)
  const item = {
    to: MAIL,
    channel: 'email',
    headers: {},
    subject: 'A secret',
    text: 'A secret mail',
    at: Date.now(),
  } as const
  await createOutboxItems(world).keep({ tenant, address: MAIL, item }, signal)
  const [sent, sending, waiting, held] = [
    await aNotification('A secret that was sent'),
    await aNotification('A secret that is being sent'),
    await aNotification('A secret that waits'),
    await aNotification('A secret in quiet hours'),
  ]
  for (const { notification } of [sent, held]) {
    await addToInbox({ ...user, notificationId: notification.id, ...texts }, signal)
  }
  await claim(sent)
  await deliver(sent)
  await claim(sending)
  await change(held, (channel) => {
    const rules = [{ rule: 'quiet-hours', outcome: 'deferred', detail: 'Later.' }] as const
    const changes = deferred(
      channel,
      { move: 'defer', rules, reason: 'quiet-hours', until: Date.now() + 60_000 },
      Date.now(),
    )
    return changes.channels[0] ?? channel
  })
  // The list by user follows a moment later.
  const { readNotifications } = createUserTasksStore({ ...world, randomBytes })
  await eventually(async () => {
    expect((await readNotifications({ ...user, after: undefined }, signal)).items).toHaveLength(4)
  })
  const before = JSON.stringify(await allItems())
  for (const trace of [MAIL, NUMBER, 'A secret']) expect(before).toContain(trace)

  expect((await call('DELETE /v1/users/gina')).status).toBe(204)
  const erasure = [...tasks]
  expect(await doTasks()).toMatchObject([{ ...user, task: 'erase', delaySeconds: 900 }])
  // The one that was being sent is erased when it has ended.
  expect(JSON.stringify(await allItems())).toContain('A secret that is being sent')
  await deliver(sending)
  tasks.push(...erasure)
  expect(await doTasks()).toEqual([])

  const after = await allItems()
  const text = JSON.stringify(after)
  for (const trace of [MAIL, NUMBER, 'A secret']) expect(text).not.toContain(trace)
  const naming = after.filter((item) => JSON.stringify(item).includes('gina'))
  expect(naming.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`)).toEqual([`B#${tenant}#gina counts`])
  // Those that were sent keep what became of them, and the suppressions hold.
  const statuses = await Promise.all(
    [sent, sending, waiting, held].map(({ notification }) => read(notification, signal)),
  )
  expect(statuses.map((each) => each?.summary.status)).toEqual(['delivered', 'delivered', 'cancelled', 'cancelled'])
  expect(after.filter(({ sk }) => sk?.S?.startsWith('suppression'))).toHaveLength(2)
})
