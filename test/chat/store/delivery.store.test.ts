import { deliveryTable } from './delivery-table.ts'

const world = await deliveryTable()
const { group, send, add, remove, connect, disconnect, resume, work, seen, recipientIds, log, hooks } = world
const { signal } = new AbortController()

afterEach(() => {
  delete hooks.beforePost
})

const numbersFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

test('a connection gets every event after it was opened, in order', async () => {
  const id = await group(['ann', 'bob'])
  await work(id)
  const bob = await connect(id.tenant, 'bob')
  for (let count = 0; count < 3; count++) await send(id, 'ann')
  await work(id)
  expect(seen(bob)).toEqual([2, 3, 4])
})

test('a user who is added while connecting misses nothing from the join on', async () => {
  for (let round = 0; round < 8; round++) {
    const id = await group(['ann'])
    const [joined, bob] = await Promise.all([add(id, 'bob'), connect(id.tenant, 'bob')])
    await Promise.all([work(id), send(id, 'ann')])
    await send(id, 'ann')
    await work(id)
    const got = seen(bob).filter((seq) => Number(seq) >= joined)
    expect([...new Set(got)].sort()).toEqual(numbersFrom(joined, joined + 2))
  }
})

test('a user who is removed while connecting gets nothing from the removal on', async () => {
  for (let round = 0; round < 8; round++) {
    const id = await group(['ann', 'bob'])
    await work(id)
    const [removedAt, bob] = await Promise.all([remove(id, 'bob'), connect(id.tenant, 'bob')])
    await Promise.all([work(id), send(id, 'ann')])
    await send(id, 'ann')
    await work(id)
    expect(seen(bob).filter((seq) => Number(seq) >= removedAt)).toEqual([])
    expect(await recipientIds(id)).toEqual([])
  }
})

/** @proves chat/removed-sees-nothing */
test('a member who is removed while events are being delivered gets none above the removal', async () => {
  const id = await group(['ann', 'bob'])
  const bob = await connect(id.tenant, 'bob')
  const ann = await connect(id.tenant, 'ann')
  await send(id, 'ann')
  hooks.beforePost = async () => {
    delete hooks.beforePost
    await remove(id, 'bob')
    await send(id, 'ann')
  }
  await work(id)
  await work(id)
  expect(new Set(seen(bob))).toEqual(new Set([1, 2, 'removed 3']))
  expect(new Set(seen(ann))).toEqual(new Set([1, 2, 3, 4]))
})

test('a member who is removed and added again at once gets the room from the second join on', async () => {
  const id = await group(['ann', 'bob'])
  await work(id)
  const bob = await connect(id.tenant, 'bob')
  await remove(id, 'bob')
  await send(id, 'ann')
  const joined = await add(id, 'bob')
  await send(id, 'ann')
  await work(id)
  expect(seen(bob).filter((seq) => Number(seq) > 2 && Number(seq) < joined)).toEqual([])
  await send(id, 'ann')
  await work(id)
  expect(seen(bob)).toEqual(expect.arrayContaining([joined, joined + 1, joined + 2]))
  expect(await recipientIds(id)).toEqual([bob.connectionId])
})

/** @proves chat/delivered-in-order */
test('a worker that dies between a frame and its progress repeats events, and loses none', async () => {
  const id = await group(['ann'])
  await work(id)
  const ann = await connect(id.tenant, 'ann')
  await send(id, 'ann')
  const killed = work(id, { writeProgress: () => Promise.reject(new Error('killed')) })
  await expect(killed).rejects.toThrow('killed')
  await send(id, 'ann')
  await work(id)
  await work(id)
  expect(seen(ann)).toEqual([2, 2, 3])
})

/** @proves chat/one-order */
test('members who write while workers deliver all see one gap-free order', async () => {
  const users = ['ann', 'bob', 'cleo']
  const id = await group(users)
  await work(id)
  const connections = await Promise.all(users.map((user) => connect(id.tenant, user)))
  let isWriting = true
  const worker = async () => {
    while (isWriting) await work(id)
  }
  const writers = Promise.all(
    users.map(async (user) => {
      for (let count = 0; count < 6; count++) await send(id, user, { body: `${user} ${count}` })
    }),
  ).finally(() => {
    isWriting = false
  })
  await Promise.all([worker(), writers])
  await work(id)
  const { length } = await log(id)
  for (const connection of connections) expect(seen(connection)).toEqual(numbersFrom(2, length))
})

/** @proves chat/no-silent-gap */
test('a connection that resumes while it is delivered to gets everything one way or the other', async () => {
  const id = await group(['ann', 'bob'])
  await work(id)
  for (let round = 0; round < 8; round++) {
    const sends = (async () => {
      for (let count = 0; count < 4; count++) {
        await send(id, 'ann')
        await work(id)
      }
    })()
    const bob = await connect(id.tenant, 'bob')
    await resume(bob, { [id.room]: 1 })
    await sends
    await work(id)
    const { length } = await log(id)
    expect([...new Set(seen(bob))].map(Number).sort((a, b) => a - b)).toEqual(numbersFrom(2, length))
    await disconnect(bob)
  }
})

test('a user who is added after the rooms of a new connection were read misses nothing', async () => {
  const id = await group(['ann'])
  await work(id)
  const bob = await connect(id.tenant, 'bob', {
    async listMemberships(user) {
      const rooms = await world.sockets.listMemberships(user, signal)
      await add(id, 'bob')
      await work(id)
      return rooms
    },
  })
  await send(id, 'ann')
  await work(id)
  expect(seen(bob)).toEqual([2, 3])
})
