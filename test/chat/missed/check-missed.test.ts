import { readMissedCheck } from '../../../functions/chat/missed/check-message.ts'
import { missedWorld } from './missed-world.ts'

const DAY = 24 * 3_600_000

test('a direct message is missed at once by a user without a connection', async () => {
  const world = missedWorld({ room: { kind: 'direct', name: null, pair: ['ann', 'bob'] } })
  world.join('bob')
  expect(await world.check()).toEqual({ notified: 1, later: 0 })
  expect(world.events).toEqual([['bob']])
})

test('a group’s message is missed by those whom it mentions, and by those who want to hear of all', async () => {
  const world = missedWorld({ mentions: ['bob', 'cleo', 'stranger', 'ann'] })
  world.join('bob')
  world.join('cleo', { notify: 'none' })
  world.join('dora')
  world.join('emil', { notify: 'all' })
  await world.check()
  expect(world.events).toEqual([['bob', 'emil']])
})

test('a message that mentions nobody reads no member of a large room', async () => {
  const world = missedWorld()
  for (let index = 0; index < 500; index++) world.join(`user-${index}`)
  expect(await world.check()).toEqual({ notified: 0, later: 0 })
  expect(world.read).toEqual({ members: 0, users: [] })
})

test('a mention of all reaches each absent member in lists of 99, but those who want to hear of nothing', async () => {
  const world = missedWorld({ mentions: ['all'] })
  for (let index = 0; index < 250; index++) world.join(`user-${index}`)
  world.join('quiet', { notify: 'none' })
  expect(await world.check()).toEqual({ notified: 0, later: 251 })
  await world.checkAll(10)
  expect(world.events).toHaveLength(3)
  expect(Math.max(...world.events.map(({ length }) => length))).toBe(99)
  expect(new Set(world.events.flat()).size).toBe(250)
  expect(world.events.flat()).not.toContain('quiet')
})

test('a user whose connection sends a ping within a minute has missed nothing', async () => {
  const world = missedWorld({ mentions: ['bob'] })
  world.join('bob', { seenBefore: [20_000] })
  expect(await world.check()).toEqual({ notified: 0, later: 1 })
  expect(world.later.map(({ delayMs }) => delayMs)).toEqual([60_000])
  world.ping('bob', 45_000)
  await world.checkAll(60_000)
  expect(world.events).toEqual([])
})

/** @proves chat/missed-once */
test('a user whose connection sends no ping within a minute missed the message', async () => {
  const world = missedWorld({ mentions: ['bob'] })
  world.join('bob', { seenBefore: [20_000] })
  await world.check()
  await world.checkAll(60_000)
  expect(world.events).toEqual([['bob']])
  expect(world.later).toEqual([])
})

test('a connection that has vanished, or a ping before the message, proves nothing', async () => {
  const world = missedWorld({ mentions: ['bob'] })
  world.join('bob', { seenBefore: [120_001] })
  await world.check()
  expect(world.events).toEqual([['bob']])
})

test('a message that was read or deleted within the minute is missed by nobody', async () => {
  const [read, deleted] = [missedWorld({ mentions: ['bob'] }), missedWorld({ mentions: ['bob'] })]
  for (const world of [read, deleted]) {
    world.join('bob', { seenBefore: [1000] })
    await world.check()
  }
  read.join('bob', { seenBefore: [1000], readUpTo: 9 })
  if (deleted.state.message) deleted.state.message = { ...deleted.state.message, deleted: { seq: 10, at: 1 } }
  for (const world of [read, deleted]) await world.checkAll(60_000)
  expect([read.events, deleted.events]).toEqual([[], []])
})

test('a user who joined after the message, and a room that was deleted, have missed nothing', async () => {
  const [late, gone] = [missedWorld({ mentions: ['bob'] }), missedWorld({ mentions: ['bob'], room: { deletedAt: 1 } })]
  late.join('bob', { joined: 10 })
  gone.join('bob')
  await late.check()
  await gone.check()
  expect([late.events, gone.events]).toEqual([[], []])
})

test('a member hears of one missed message of a room in a minute', async () => {
  const world = missedWorld({ mentions: ['bob', 'cleo'] })
  world.join('bob')
  world.join('cleo')
  world.notified.set('bob', { seq: 8, at: world.sentAt - 59_999 })
  world.notified.set('cleo', { seq: 7, at: world.sentAt - 60_000 })
  await world.check()
  expect(world.events).toEqual([['cleo']])
})

/** @proves chat/missed-once */
test('a check that comes again, at once or much later, notifies nobody twice', async () => {
  const world = missedWorld({ mentions: ['bob'] })
  world.join('bob')
  await world.check()
  await world.check()
  world.clock.set(world.sentAt + 600_000)
  await world.check()
  expect(world.events).toEqual([['bob']])
})

/** @proves chat/missed-once */
test('a check that comes again after a later message notifies nobody twice', async () => {
  const world = missedWorld({ mentions: ['bob'] })
  world.join('bob')
  await world.check()
  world.notified.set('bob', { seq: 10, at: world.sentAt + 60_000 })
  world.clock.set(world.sentAt + 120_000)
  await world.check()
  expect(world.events).toEqual([['bob']])
})

/** @proves chat/missed-once */
test('nobody is notified of a message that is older than 14 days, because it may be forgotten who was', async () => {
  const world = missedWorld({ mentions: ['bob', 'cleo'] })
  world.join('bob')
  await world.check()
  world.join('cleo')
  world.clock.set(world.sentAt + 14 * DAY - 1)
  await world.check()
  expect(world.events).toEqual([['bob'], ['cleo']])
  world.notified.clear()
  world.clock.set(world.sentAt + 14 * DAY)
  expect(await world.check()).toEqual({ notified: 0, later: 0 })
  expect(world.events).toHaveLength(2)
})

test('a check that dies before the later check is asked for is repeated whole, and notifies nobody twice', async () => {
  const world = missedWorld({ mentions: ['bob', 'cleo'] })
  world.join('bob')
  world.join('cleo', { seenBefore: [1000] })
  const checkLater = () => Promise.reject(new Error('killed'))
  await expect(world.check(undefined, { checkLater })).rejects.toThrow('killed')
  await world.check()
  await world.checkAll(60_000)
  expect(world.events).toEqual([['bob'], ['cleo']])
})

test('users whom another check notifies at the same moment are left out, and the others are notified', async () => {
  const world = missedWorld({ mentions: ['bob', 'cleo'] })
  world.join('bob')
  world.join('cleo')
  world.hooks.beforeNotify = () => {
    world.hooks.beforeNotify = undefined
    world.notified.set('bob', { seq: 8, at: world.sentAt })
  }
  expect(await world.check()).toEqual({ notified: 1, later: 0 })
  expect(world.events).toEqual([['cleo']])
})

test('a connection whose state can’t be read fails the check, so that it comes again', async () => {
  const world = missedWorld({ mentions: ['bob'] })
  world.join('bob')
  const listConnections = () => Promise.reject(new Error('throttled'))
  await expect(world.check(undefined, { listConnections })).rejects.toThrow('throttled')
  expect(world.events).toEqual([])
})

test('a check is read as it was written, and one with wrong fields is refused', async () => {
  const world = missedWorld({ mentions: ['bob'] })
  world.join('bob', { seenBefore: [1000] })
  await world.check()
  const [{ check } = { check: undefined }] = world.later
  expect(readMissedCheck(JSON.parse(JSON.stringify(check)))).toEqual(check)
  expect(() => readMissedCheck({ ...check, seq: 0 })).toThrow('seq')
})
