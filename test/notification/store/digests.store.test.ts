import { claimed } from '../../../functions/notification/deliver/claim.ts'
import { createFollow } from '../../../functions/notification/deliver/follow.ts'
import { createGather } from '../../../functions/notification/deliver/gather.ts'
import { gatheringOf } from '../../../functions/notification/domain/digest.ts'
import { moved } from '../../../functions/notification/domain/moves.ts'
import type { NotificationId, Tracked } from '../../../functions/notification/domain/notification.ts'
import { notificationPk } from '../../../functions/notification/store/keys.ts'
import { createReadListed } from '../../../functions/notification/store/list-notifications.ts'
import { createUserTasksStore } from '../../../functions/notification/store/user-tasks-store.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { newTenant } from '../../support/cloud.ts'
import { anItem, close, digestOf, join, readInboxMarks, world } from './digest-table.ts'

const { stored, revise, read, cancel, itemsOf, table } = world
const { signal } = new AbortController()
const gather = createGather({ revise, readInboxMarks, now: Date.now })
const follow = createFollow({ revise, now: Date.now })

const TARGET = {
  endpointId: 'default',
  address: 'ann@example.com',
  standing: { suppressed: null, unsubscribed: new Set<string>() },
}

test('a cancellation and the sending of a digest at the same moment: exactly one wins for each item', async () => {
  for (let run = 0; run < 5; run++) {
    const tenant = newTenant()
    const items = [await anItem(tenant), await anItem(tenant), await anItem(tenant)]
    for (const item of items) await join(item, { windowSeconds: 600, maxItems: 9 })
    const digest = await digestOf(items[0] as Tracked)
    await close(digest)
    const current = (await read(digest.notification, signal)) as Tracked
    const [first, second, ...results] = await Promise.all([
      gather(current, { claims: true }, signal),
      gather(current, { claims: true }, signal),
      ...items.map(({ notification }) => cancel(notification)),
    ])
    const sent = new Set(first?.map(({ id }) => id))
    // Two workers find the same.
    expect(second?.map(({ id }) => id)).toEqual([...sent])
    for (const [index, { notification }] of items.entries()) {
      const isSent = sent.has(notification.id)
      const status = (await read(notification, signal))?.channels[0]?.status
      const outcome = results[index]?.outcome
      expect([status, outcome]).toEqual(isSent ? ['sending', 'too-late'] : ['cancelled', 'cancelled'])
    }
  }
})

/** Claims a digest as a worker does, and returns how often it had to decide. */
async function claim({ notification }: Tracked, meanwhile: () => Promise<unknown> = async () => undefined) {
  let decisions = 0
  const decide = async ({ channels: [channel] }: Tracked) => {
    if (++decisions === 1) await meanwhile()
    const lease = { token: 'worker', until: Date.now(), onUncertain: 'drop' as const }
    const send = { move: 'send', rules: [], targets: [TARGET] } as const
    return {
      changes: channel ? { channels: [claimed(channel, send, { claim: lease, now: Date.now() })] } : null,
      result: true,
    }
  }
  await revise({ id: notification, decide }, signal)
  return decisions
}

/** @proves notification/sent-or-cancelled */
test('an item that expires while two workers try its digest is sent with it or leaves it, whoever is first', async () => {
  const expiresAt = Date.now() + 3_600_000
  const gatherLate = createGather({ revise, readInboxMarks, now: () => expiresAt })
  for (const isClaimedFirst of [true, false]) {
    const tenant = newTenant()
    const item = await stored({ tenant, to: { userId: 'ann' }, source: { template: 'news' }, expiresAt })
    await join(item, { windowSeconds: 600, maxItems: 9 })
    const digest = await digestOf(item)
    await close(digest)
    const seen = (await read(digest.notification, signal)) as Tracked
    expect(await gather(seen, { claims: true }, signal)).toHaveLength(1)
    const leave = () => gatherLate(seen, { claims: false }, signal)
    const decisions = isClaimedFirst ? await claim(seen) : await claim(seen, leave)
    if (isClaimedFirst) await leave()
    const status = (await read(item.notification, signal))?.channels[0]?.status
    // Whoever claims a digest that an item has left meanwhile gathers again.
    expect([status, decisions]).toEqual(isClaimedFirst ? ['sending', 1] : ['expired', 2])
  }
})

test('a digest is in no list and has no events, its items follow it and tell theirs, and it ends with its own ttl', async () => {
  const tenant = newTenant()
  const item = await anItem(tenant)
  await join(item, { windowSeconds: 600, maxItems: 9 })
  const digest = await digestOf(item)
  await close(digest)
  await gather((await read(digest.notification, signal)) as Tracked, { claims: true }, signal)
  const end = ({ channels: [channel] }: Tracked) => {
    const claimed = channel && moved(channel, { status: 'sending', at: Date.now() })
    const after = claimed && moved(claimed, { status: 'delivered', at: Date.now() })
    return {
      changes: after ? { channels: [after], publish: { outcome: 'delivered' as const, reason: null } } : null,
      result: true,
    }
  }
  await revise({ id: digest.notification, decide: end }, signal)
  const summaryOf = async (id: NotificationId) =>
    (await itemsOf(notificationPk(id))).find(({ sk }) => sk?.S === 'summary') ?? {}
  const ended = (await read(digest.notification, signal)) as Tracked
  expect(gatheringOf(ended)).toMatchObject({ status: 'delivered', turn: 2, news: { outcome: 'delivered' } })
  for (let times = 0; times < 2; times++) await follow(ended, signal)
  expect(gatheringOf((await read(digest.notification, signal)) as Tracked).news).toBeUndefined()
  expect((await read(item.notification, signal))?.summary.status).toBe('delivered')
  const [own, its] = [await summaryOf(digest.notification), await summaryOf(item.notification)]
  expect(readEntry(own)).toBeUndefined()
  expect(Number(own.ttl?.N)).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400)
  expect(readEntry(its)).toMatchObject({ entry: { type: 'notification.notification.delivered' } })
  const readListed = createReadListed({ ...table, random: Math.random })
  for (const userId of ['ann', undefined]) {
    const { items } = await readListed({ tenant, userId, after: undefined, limit: 10 }, signal)
    expect(items.map(({ id }) => id)).toEqual([item.notification.id])
  }
})

/** @proves notification/erased */
test('an erased user’s digest ends without the items that were cancelled, and holds no address after its end', async () => {
  const tenant = newTenant()
  const [item, later] = [await anItem(tenant), await anItem(tenant)]
  for (const one of [item, later]) await join(one, { windowSeconds: 600, maxItems: 9 })
  const digest = await digestOf(item)
  await close(digest)
  const { eraseContent } = createUserTasksStore({ ...world, randomBytes })
  const erase = ({ notification: { id } }: Tracked) => eraseContent({ tenant, id, userId: 'ann' }, signal)
  await cancel(item.notification)
  // Nothing of the user is left in an item that nobody has claimed.
  expect(await erase(item)).toBe(true)
  const current = (await read(digest.notification, signal)) as Tracked
  expect((await gather(current, { claims: true }, signal)).map(({ id }) => id)).toEqual([later.notification.id])
  await claim(digest)
  expect(await erase(later)).toBe(false)
  const end = ({ channels: [channel] }: Tracked) => ({
    changes: channel
      ? { channels: [moved(channel, { status: 'delivered', at: Date.now(), set: { claim: null } })] }
      : null,
    result: true,
  })
  await revise({ id: digest.notification, decide: end }, signal)
  await follow((await read(digest.notification, signal)) as Tracked, signal)
  expect(await erase(later)).toBe(true)
  const text = JSON.stringify(await itemsOf(notificationPk(digest.notification)))
  expect(text).not.toContain('ann@example.com')
})
