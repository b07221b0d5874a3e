import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import { gatheringOf } from '../../../functions/notification/domain/digest.ts'
import type { Tracked } from '../../../functions/notification/domain/notification.ts'
import { notificationPk } from '../../../functions/notification/store/keys.ts'
import { readNewTurn } from '../../../functions/notification/store/new-turn.ts'
import { createRevise } from '../../../functions/notification/store/revise.ts'
import { newTenant } from '../../support/cloud.ts'
import { anItem, close, digestIdOf, digestOf, join, world } from './digest-table.ts'

const { read, itemsOf } = world
const { signal } = new AbortController()

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
