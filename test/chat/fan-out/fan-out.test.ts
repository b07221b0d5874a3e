import { AppError } from '../../../functions/shared/errors.ts'
import { aMembership, aMessage } from '../room-events.ts'
import { fanOutWorld } from './fan-out-world.ts'

/** A room that Ann made and Bob joined, both with a connection, and with all events delivered. */
async function roomOfTwo(options: Parameters<typeof fanOutWorld>[0] = {}) {
  const world = fanOutWorld(options)
  world.commit({ type: 'room', kind: 'group', name: 'Tea', deleted: false }, { joined: ['ann', 'bob'] })
  await world.connect('ann', 'a0')
  await world.connect('bob', 'b0')
  await world.work()
  expect([world.seen('a0'), world.seen('b0')]).toEqual([[1], [1]])
  return world
}

/** @proves chat/delivered-in-order */
test('a worker delivers every event once and in order, whatever number its message names', async () => {
  const world = await roomOfTwo()
  world.commit()
  world.commit()
  world.commit()
  await world.work(0, 2)
  await world.work(0, 3)
  await world.work(0, 4)
  expect(world.seen('a0')).toEqual([1, 2, 3, 4])
  expect(world.progress.get(0)).toBe(4)
})

test('a long log is delivered page by page', async () => {
  const world = await roomOfTwo({ pageSize: 2 })
  for (let count = 0; count < 5; count++) world.commit()
  await world.work()
  expect(world.seen('b0')).toEqual([1, 2, 3, 4, 5, 6])
})

/** @proves chat/delivered-in-order */
test('a worker that can’t see an event yet reads again, and passes over none', async () => {
  const world = await roomOfTwo()
  world.commit()
  let reads = 0
  world.hooks.isHidden = () => reads++ === 0
  await world.work()
  expect(world.seen('a0')).toEqual([1, 2])
  world.commit()
  world.hooks.isHidden = () => true
  await expect(world.work()).rejects.toMatchObject({ retryable: true })
  expect(world.progress.get(0)).toBe(2)
  delete world.hooks.isHidden
  await world.work()
  expect(world.seen('a0')).toEqual([1, 2, 3])
})

test('a worker that dies before it records its progress repeats events, and loses none', async () => {
  const world = await roomOfTwo()
  world.commit()
  world.hooks.beforeProgress = () => {
    throw new Error('killed')
  }
  await expect(world.work()).rejects.toThrow('killed')
  delete world.hooks.beforeProgress
  world.commit()
  await world.work(0, 2)
  expect(world.seen('a0')).toEqual([1, 2, 2, 3])
})

test('a table that fails for a moment doesn’t fail the message', async () => {
  const world = await roomOfTwo()
  world.commit()
  let failures = 2
  world.hooks.beforeProgress = () => {
    if (failures-- > 0) throw new AppError('dependency-failed', 'The table failed', { retryable: true })
  }
  await world.work()
  expect(world.seen('a0')).toEqual([1, 2, 2, 2])
  expect(world.progress.get(0)).toBe(2)
})

/** @proves chat/dead-connection-harmless */
test.each(['gone', 'behind'] as const)('a connection that is %s fails nothing', async (outcome) => {
  const world = await roomOfTwo()
  world.outcomes.set('a0', outcome)
  world.commit()
  expect(await world.work()).toEqual({ recipients: 2, gone: 0, behind: 0, [outcome]: 1 })
  expect(world.seen('b0')).toEqual([1, 2])
  expect(world.isRegistered('a0')).toBe(outcome === 'behind')
})

test('a removed member gets what came before, its removal, and nothing after it', async () => {
  const world = await roomOfTwo()
  world.commit()
  world.commit(aMembership('bob', null))
  world.commit()
  await world.work()
  world.commit()
  await world.work()
  expect(world.seen('b0')).toEqual([1, 2, 'removed 3'])
  expect(world.seen('a0')).toEqual([1, 2, 3, 4, 5])
  expect(world.isRegistered('b0')).toBe(false)
})

/** @proves chat/removed-sees-nothing */
test('a removal while events are being delivered reaches none above it', async () => {
  const world = await roomOfTwo()
  world.commit()
  world.hooks.beforePost = () => {
    delete world.hooks.beforePost
    world.commit(aMembership('bob', null))
    world.commit()
  }
  await world.work(0, 2)
  await world.work(0, 3)
  await world.work(0, 4)
  expect(world.seen('b0')).toEqual([1, 2, 'removed 3'])
})

test('a member who was removed and added again gets the room from the second join on', async () => {
  const world = await roomOfTwo()
  world.commit(aMembership('bob', null))
  world.commit(aMessage('without Bob'))
  world.commit(aMembership('bob', 'member'), { joined: ['bob'] })
  world.commit()
  await world.work()
  expect(world.seen('b0').filter((seen) => seen !== 'removed 2')).toEqual([1, 4, 5])
  world.commit()
  await world.work()
  expect(world.seen('b0').at(-1)).toBe(6)
})

test('a connection that registers again after a second join gets nothing of the time between', async () => {
  const world = fanOutWorld({ shards: 2 })
  world.commit(aMessage(), { joined: ['ann', 'bob'] })
  await world.work(1)
  world.commit(aMembership('bob', null))
  world.commit(aMessage('without Bob'))
  world.commit(aMembership('bob', 'member'), { joined: ['bob'] })
  await world.connect('bob', 'b1')
  world.commit()
  await world.work(1)
  expect(world.seen('b1')).toEqual([4, 5])
  expect(world.isRegistered('b1')).toBe(true)
})

test('a user who joins while connected gets everything from the join on', async () => {
  const world = await roomOfTwo()
  await world.connect('cleo', 'c0')
  world.commit(aMembership('cleo', 'member'), { joined: ['cleo'] })
  world.commit()
  await world.work(0, 2)
  world.commit()
  await world.work()
  expect(new Set(world.seen('c0'))).toEqual(new Set([2, 3, 4]))
})

test('a user who joins gets what another worker delivered before it knew', async () => {
  const world = fanOutWorld({ shards: 2 })
  world.commit({ type: 'room', kind: 'group', name: 'Tea', deleted: false }, { joined: ['ann'] })
  await world.work(0)
  await world.work(1)
  await world.connect('cleo', 'c1')
  world.commit(aMembership('cleo', 'member'), { joined: ['cleo'] })
  world.commit()
  await world.work(1)
  expect(world.seen('c1')).toEqual([])
  await world.work(0)
  expect(world.seen('c1')).toEqual([2, 3])
  world.commit()
  await world.work(1)
  expect(world.seen('c1')).toEqual([2, 3, 4])
})

test('a connection that opens after the log was read and before the recipients were is delivered to', async () => {
  const world = await roomOfTwo()
  world.commit()
  world.hooks.afterRead = async () => {
    delete world.hooks.afterRead
    await world.connect('bob', 'b2')
  }
  await world.work()
  expect(world.seen('b2')).toEqual([2])
})

test('a worker that a growing room adds begins with the event that added it', async () => {
  const world = fanOutWorld({ shards: 2 })
  world.commit(aMessage(), { joined: ['bob'] })
  for (let count = 0; count < 3; count++) world.commit()
  await world.connect('bob', 'b1')
  await world.work(1, 4, 3)
  expect(world.seen('b1')).toEqual([3, 4])
})

test('the deletion of a room ends it for all of its connections', async () => {
  const world = await roomOfTwo()
  world.commit({ type: 'room', kind: 'group', name: 'Tea', deleted: true })
  await world.work()
  expect([world.seen('a0'), world.seen('b0')]).toEqual([
    [1, 'removed 2'],
    [1, 'removed 2'],
  ])
  expect([world.isRegistered('a0'), world.isRegistered('b0')]).toEqual([false, false])
})
