import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { claimed } from '../../../functions/notification/deliver/claim.ts'
import type { Channel } from '../../../functions/notification/domain/channel.ts'
import { moved } from '../../../functions/notification/domain/moves.ts'
import type { ChannelState, NotificationId } from '../../../functions/notification/domain/notification.ts'
import type { Receipt } from '../../../functions/notification/domain/provider.ts'
import { createHandleReceipt } from '../../../functions/notification/feedback/handle-receipt.ts'
import { createAddToInbox } from '../../../functions/notification/store/add-to-inbox.ts'
import { createHashAddress, createTenantMac } from '../../../functions/notification/store/address-hash.ts'
import { createFeedbackStore } from '../../../functions/notification/store/feedback-store.ts'
import { createReadStanding } from '../../../functions/notification/store/standing.ts'
import { createSuppressions } from '../../../functions/notification/store/suppressions.ts'
import { createUserTasksStore } from '../../../functions/notification/store/user-tasks-store.ts'
import type { Table } from '../../../functions/shared/data/table.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { newTenant } from '../../support/cloud.ts'
import { notificationTable } from '../store/notification-table.ts'

const world = await notificationTable()
const { table, stored, revise } = world
const { signal } = new AbortController()
const userId = 'gina'
const MAIL = 'secret@example.com'
const standing = { ...world, hashAddress: createHashAddress(createTenantMac({ ...world, randomBytes })) }
const readStanding = createReadStanding(standing)
const { suppress, listSuppressions } = createSuppressions(standing)
const feedback = createFeedbackStore({ ...world, randomBytes })
const addToInbox = createAddToInbox(world)

const change = (id: NotificationId, to: (channel: ChannelState) => ChannelState) =>
  revise(
    {
      id,
      decide: ({ channels: [channel] }) => ({ changes: channel ? { channels: [to(channel)] } : null, result: true }),
    },
    signal,
  )

/** Stores a notification of the user, which a worker has claimed to send it to an address. */
async function claimedNotification(channel: Channel, address: string) {
  const { notification } = await stored({ tenant: newTenant(), to: { userId }, steps: [{ channel }] })
  const targets = [{ endpointId: 'default', address, standing: { suppressed: null, unsubscribed: new Set<string>() } }]
  const claim = { token: 'worker', until: Date.now() + 30_000, onUncertain: 'drop' as const }
  await change(notification, (state) =>
    claimed(state, { move: 'send', rules: [], targets }, { claim, now: Date.now() }),
  )
  return notification
}

const deliver = (id: NotificationId) =>
  change(id, (channel) => {
    const deliveries = channel.deliveries.map((each) => ({ ...each, status: 'delivered' as const }))
    return moved(channel, { status: 'delivered', at: Date.now(), set: { claim: null, deliveries } })
  })

/** The erasure of notifications, of which `answered` sees each request that the table has answered. */
function eraser(answered: (request: number) => Promise<void> = async () => undefined) {
  let requests = 0
  const client = new Proxy(table.client, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name, target)
      return async (...given: Parameters<Table['client']['send']>) => {
        const answer = await target.send(...given)
        requests += 1
        await answered(requests)
        return answer
      }
    },
  })
  const { eraseContent } = createUserTasksStore({ ...world, client, randomBytes })
  return (id: NotificationId) => eraseContent({ tenant: id.tenant, id: id.id, userId }, signal)
}

async function itemsNaming(text: string, { tenant }: NotificationId) {
  const { Items = [] } = await table.client.send(
    new ScanCommand({ TableName: table.tableName, ConsistentRead: true }),
    { signal },
  )
  return Items.filter((item) => [tenant, text].every((part) => JSON.stringify(item).includes(part)))
}

/** @proves notification/erased */
test.each([1, 2])('an inbox item that is added after %i requests of an erasure is erased as well', async (after) => {
  const notification = await claimedNotification('inapp', userId)
  const texts = { title: 'A secret title', body: 'A secret', category: 'orders', url: null }
  const erase = eraser(async (request) => {
    if (request !== after) return
    await addToInbox({ ...notification, userId, notificationId: notification.id, ...texts }, signal)
    await deliver(notification)
  })

  if (!(await erase(notification))) await expect(erase(notification)).resolves.toBe(true)

  expect(await itemsNaming('A secret', notification)).toEqual([])
  expect(await itemsNaming(notification.id, notification)).toHaveLength(3)
})

/** Ends a claim with a mail that the provider has accepted, and whose receipt is to come. */
const accept = (id: NotificationId) =>
  change(id, (channel) => {
    const deliveries = channel.deliveries.map((each) => ({ ...each, acceptedAt: Date.now() }))
    return moved(channel, { at: Date.now(), set: { claim: null, deliveries } })
  })

/** Handles a permanent bounce; `reading` runs after the address was read, and before it is suppressed. */
function bounce({ tenant, id }: NotificationId, reading: () => Promise<unknown> = async () => undefined) {
  const receipt: Receipt = {
    ...{ tenant, notificationId: id, channel: 'email', endpointId: 'default', kind: 'bounced', at: Date.now() },
    detail: 'No such mailbox.',
  }
  const handle = createHandleReceipt({
    ...feedback,
    async suppress(of, inner) {
      await reading()
      return feedback.suppress(of, inner)
    },
    now: Date.now,
  })
  return handle(receipt, signal)
}

/** @proves notification/erased */
test.each<[string, (mail: NotificationId) => Promise<void>]>([
  [
    'while the mail is still open to the erasure',
    async (mail) => {
      await accept(mail)
      await expect(eraser()(mail)).resolves.toBe(false)
      await bounce(mail)
    },
  ],
  [
    'after the erasure',
    async (mail) => {
      await deliver(mail)
      await expect(eraser()(mail)).resolves.toBe(true)
      await bounce(mail)
    },
  ],
  [
    'at the same moment as the erasure',
    async (mail) => {
      await deliver(mail)
      await bounce(mail, () => eraser()(mail))
    },
  ],
  [
    'twice at the same moment as the erasure',
    async (mail) => {
      await deliver(mail)
      await bounce(mail, async () => {
        await bounce(mail)
        await eraser()(mail)
      })
    },
  ],
])('a bounce that comes %s suppresses the address, and leaves only its hash', async (_, happen) => {
  const mail = await claimedNotification('email', MAIL)
  const { tenant } = mail

  await happen(mail)
  await expect(eraser()(mail)).resolves.toBe(true)

  expect(await itemsNaming(MAIL, mail)).toEqual([])
  const { suppressions } = await listSuppressions({ tenant, after: undefined, limit: 10 }, signal)
  expect(suppressions).toMatchObject([{ channel: 'email', address: null, reason: 'bounce' }])
  const found = await readStanding({ tenant, channel: 'email', address: MAIL }, signal)
  expect(found.suppressed).toBe('bounce')
})

/** @proves notification/erased */
test('an erasure that fails after any of its requests, and is repeated, leaves no address', async () => {
  for (let last = 1, isWhole = false; !isWhole; last += 1) {
    const mail = await claimedNotification('email', MAIL)
    await suppress({ tenant: mail.tenant, channel: 'email', address: MAIL, reason: 'manual' }, signal)
    await deliver(mail)
    const erase = eraser(async (request) => {
      if (request === last) throw new Error('killed')
    })
    isWhole = await erase(mail).catch(() => false)
    await expect(eraser()(mail)).resolves.toBe(true)
    expect(await itemsNaming(MAIL, mail)).toEqual([])
  }
})
