import { randomUUID } from 'node:crypto'
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import { claimed } from '../../../functions/notification/deliver/claim.ts'
import { createFollow } from '../../../functions/notification/deliver/follow.ts'
import { createGather } from '../../../functions/notification/deliver/gather.ts'
import { joinDigest } from '../../../functions/notification/deliver/join-digest.ts'
import { createReadGathering } from '../../../functions/notification/deliver/read-gathering.ts'
import type { DigestRule } from '../../../functions/notification/domain/category.ts'
import { closed, gatheringOf } from '../../../functions/notification/domain/digest.ts'
import { moved } from '../../../functions/notification/domain/moves.ts'
import type { NotificationId, Tracked } from '../../../functions/notification/domain/notification.ts'
import { createReadWindow } from '../../../functions/notification/store/digest-windows.ts'
import { notificationPk } from '../../../functions/notification/store/keys.ts'
import { createReadListed } from '../../../functions/notification/store/list-notifications.ts'
import { readNewTurn } from '../../../functions/notification/store/new-turn.ts'
import { createRevise } from '../../../functions/notification/store/revise.ts'
import { createUserTasksStore } from '../../../functions/notification/store/user-tasks-store.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { newTenant } from '../../support/cloud.ts'
import { NEWS } from '../deliver/digest-world.ts'
import { aCategory } from '../notifications.ts'
import { notificationTable } from './notification-table.ts'

const world = await notificationTable()
const { stored, revise, read, cancel, itemsOf, table } = world
const { signal } = new AbortController()
const readGathering = createReadGathering({
  readWindow: createReadWindow(table),
  readTemplate: async () => NEWS,
  renderParts: async () => ({ outcome: 'rendered', parts: {} }),
  now: Date.now,
})
const readInboxMarks = async () => ({ seen: false, read: false })
const gather = createGather({ revise, readInboxMarks, now: Date.now })
const follow = createFollow({ revise, now: Date.now })

const TARGET = {
  endpointId: 'default',
  address: 'ann@example.com',
  standing: { suppressed: null, unsubscribed: new Set<string>() },
}

const anItem = (tenant: string) => stored({ tenant, to: { userId: 'ann' }, source: { template: 'news' } })

/** Joins the open window of a notification, or opens one, as a worker does. Losers of a race try it again. */
async function join({ notification: id }: Tracked, rule: DigestRule, by = revise): Promise<void> {
  const category = aCategory({ digest: rule })
  const decide = async ({ notification, channels, summary }: Tracked) => {
    const [channel] = channels
    if (!channel || channel.digestId !== null) return { changes: null, result: true }
    const known = { notification, channel, category, person: undefined }
    const gathering = await readGathering({ ...known, rule }, signal)
    const none = { quietUntil: null, throttled: null, inbox: await readInboxMarks() }
    const situation = { ...known, ...none, gathering, statuses: summary.channels, targets: [], now: Date.now() }
    return { changes: joinDigest(situation, [], randomUUID), result: true }
  }
  for (let tries = 0; tries < 10; tries++) {
    if (await by({ id, decide }, signal).catch(() => false)) return
  }
  throw new Error('It never joined')
}

const digestIdOf = async (id: NotificationId) => (await read(id, signal))?.channels[0]?.digestId ?? ''

async function digestOf({ notification: { tenant, id } }: Tracked): Promise<Tracked> {
  const digest = await read({ tenant, id: await digestIdOf({ tenant, id }) }, signal)
  if (!digest) throw new Error('It is in no digest')
  return digest
}

/** Closes a window as a worker does. */
const close = ({ notification: id }: Tracked) =>
  revise(
    {
      id,
      decide({ channels: [channel] }) {
        const isOpen = channel?.status === 'scheduled'
        return { changes: isOpen ? closed(channel, Date.now()) : null, result: isOpen }
      },
    },
    signal,
  )

test('many that join at once are in windows of `maxItems` at most, each in exactly one', async () => {
  const tenant = newTenant()
  const items = await Promise.all(Array.from({ length: 20 }, () => anItem(tenant)))
  await Promise.all(items.map((item) => join(item, { windowSeconds: 600, maxItems: 6 })))
  const ids = new Set(await Promise.all(items.map(({ notification }) => digestIdOf(notification))))
  const digests = await Promise.all([...ids].map((id) => read({ tenant, id }, signal)))
  const windows = digests.map((digest) => (digest ? gatheringOf(digest) : { items: [], dueAt: 0, turn: 0 }))
  expect(windows.map((each) => each.items.length).sort()).toEqual([2, 6, 6, 6])
  expect(windows.flatMap((each) => each.items).sort()).toEqual(items.map(({ notification }) => notification.id).sort())
  // A full one has another turn, for now.
  for (const each of windows) {
    const isFull = each.items.length === 6
    expect([isFull, each.turn, each.dueAt <= Date.now()]).toEqual([isFull, isFull ? 2 : 1, isFull])
  }
})

test('a crowd finds no window: one opens it, and each of the others needs one more write at most', async () => {
  const tenant = newTenant()
  const crowd = await Promise.all(Array.from({ length: 150 }, () => anItem(tenant)))
  let writes = 0
  const counting: typeof world.client = {
    send(command, options) {
      if (command instanceof TransactWriteItemsCommand) writes += 1
      return world.client.send(command, options)
    },
  }
  const countingRevise = createRevise({ ...world, client: counting })
  const rule = { windowSeconds: 600, maxItems: 200 }
  await Promise.all(crowd.map((item) => join(item, rule, countingRevise)))
  const { items } = gatheringOf(await digestOf(crowd[0] as Tracked))
  expect([...items].sort()).toEqual(crowd.map(({ notification }) => notification.id).sort())
  expect(writes).toBeLessThanOrEqual(2 * crowd.length)
})

test('the turn of a full window is a message for a worker', async () => {
  const tenant = newTenant()
  const [first, second] = [await anItem(tenant), await anItem(tenant)]
  const rule = { windowSeconds: 7200, maxItems: 2 }
  await join(first, rule)
  const imageOf = async () => {
    const items = await itemsOf(notificationPk((await digestOf(first)).notification))
    return items.find(({ sk }) => sk?.S === 'channel#email') as never
  }
  const before = await imageOf()
  // So late a window has a timer.
  expect(readNewTurn({ dynamodb: { NewImage: before } })).toBeUndefined()
  await join(second, rule)
  const turn = readNewTurn({ dynamodb: { NewImage: await imageOf(), OldImage: before } })
  expect(turn).toMatchObject({ turn: 2, id: await digestIdOf(first.notification) })
})

test('an item that races with the close is in the window, or in the next one, ten times of ten', async () => {
  for (let run = 0; run < 10; run++) {
    const tenant = newTenant()
    const [first, second] = [await anItem(tenant), await anItem(tenant)]
    const rule = { windowSeconds: 600, maxItems: 9 }
    await join(first, rule)
    const digest = await digestOf(first)
    const closings = await Promise.all([close(digest), join(second, rule), close(digest)])
    expect(closings.filter((each) => each === true)).toHaveLength(1)
    const after = gatheringOf(await digestOf(first))
    const next = await digestOf(second)
    const isIn = after.items.includes(second.notification.id)
    expect([next.notification.id === digest.notification.id, after.status]).toEqual([isIn, 'queued'])
    expect(gatheringOf(next).items).toContain(second.notification.id)
  }
})

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
