import { randomUUID } from 'node:crypto'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { createForget } from '../../../functions/chat/store/forget.ts'
import { shardOf } from '../../../functions/chat/store/keys.ts'
import { createRegister } from '../../../functions/chat/store/register.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { newTenant } from '../../support/cloud.ts'
import { deliveryTable } from './delivery-table.ts'

const world = await deliveryTable()
const { group, add, remove, connect, disconnect, work, recipientIds } = world
const { signal } = new AbortController()

/** @proves chat/dead-connection-harmless */
test('a connection that is gone is forgotten at once, with its record', async () => {
  const id = await group(['ann', 'bob'])
  const bob = await connect(id.tenant, 'bob')
  await world.sockets.setWatched(bob, [id.room], signal)
  world.gone.add(bob.connectionId)
  await work(id)
  expect(await recipientIds(id)).toEqual([])
  expect(await world.sockets.listWatchers(id, signal)).toEqual([])
  expect(await world.sockets.get(bob, signal)).toBeUndefined()
})

test('a connection that a frame registers again, while it is being forgotten, stays registered', async () => {
  const id = await group(['ann', 'bob'])
  const bob = await connect(id.tenant, 'bob')
  const [recipient] = await world.workers.list({ id, shard: 0 }, signal)
  if (!recipient) throw new Error('The connection is not registered.')
  let isBack = false
  const client: DynamoDB = {
    async send(command, options) {
      const output = await world.table.client.send(command, options)
      if (!isBack) {
        isBack = true
        await world.sockets.put(bob, Date.now(), signal)
        await world.sockets.register(bob, [id.room], signal)
      }
      return output
    },
  }
  await createForget({ ...world.options, client }).gone({ id, shard: 0 }, recipient, signal)
  expect(isBack).toBe(true)
  expect(await recipientIds(id)).toEqual([bob.connectionId])
})

test('a connection that was just opened isn’t forgotten, although it is not open yet', async () => {
  const id = await group(['ann', 'bob'])
  const bob = await connect(id.tenant, 'bob', { age: 0 })
  world.gone.add(bob.connectionId)
  await work(id)
  expect(await recipientIds(id)).toEqual([bob.connectionId])
})

describe('a membership that changes while a connection is registered', () => {
  /** Registers a connection of Bob, and runs `change` after the first read. */
  async function registerDuring(change: (id: RoomId) => Promise<unknown>) {
    const id = await group(['ann', 'bob'])
    let isRead = false
    const client: DynamoDB = {
      async send(command, options) {
        const output = await world.table.client.send(command, options)
        if (command.constructor.name === 'BatchGetItemCommand' && !isRead) {
          isRead = true
          await change(id)
        }
        return output
      },
    }
    const register = createRegister({ ...world.options, client })
    const bob = { tenant: id.tenant, user: 'bob', connectionId: randomUUID(), connectedAt: Date.now() }
    const registered = await register(bob, [id.room], signal)
    const rows = await world.workers.list({ id, shard: 0 }, signal)
    expect([...registered.values()]).toEqual(rows)
    return rows
  }

  test('by a removal leaves it out', async () => {
    expect(await registerDuring((id) => remove(id, 'bob'))).toEqual([])
  })

  test('by a removal and a second join registers it by the second one', async () => {
    const change = async (id: RoomId) => {
      await remove(id, 'bob')
      await add(id, 'bob')
    }
    expect(await registerDuring(change)).toMatchObject([{ user: 'bob', joined: 3 }])
  })
})

test('a worker that saw an earlier membership leaves a connection that was registered again', async () => {
  const id = await group(['ann', 'bob'])
  const bob = await connect(id.tenant, 'bob')
  const [before] = await world.workers.list({ id, shard: 0 }, signal)
  if (!before) throw new Error('The connection is not registered.')
  await remove(id, 'bob')
  const joined = await add(id, 'bob')
  await world.sockets.register(bob, [id.room], signal)
  await world.workers.forget.removed({ id, shard: 0 }, before, signal)
  expect(await world.workers.list({ id, shard: 0 }, signal)).toEqual([{ ...before, joined }])
})

test('a closed connection is a recipient of no room', async () => {
  const tenant = newTenant()
  const ids = await Promise.all(Array.from({ length: 3 }, () => group(['ann'], { tenant, room: randomUUID() })))
  const ann = await connect(tenant, 'ann')
  expect(await Promise.all(ids.map(recipientIds))).toEqual(ids.map(() => [ann.connectionId]))
  await disconnect(ann)
  expect(await Promise.all(ids.map(recipientIds))).toEqual(ids.map(() => []))
  expect(await world.sockets.list(ann, signal)).toEqual([])
})

test('a connection of a user with more rooms than a transaction holds is registered in all of them', async () => {
  const tenant = newTenant()
  const ids = Array.from({ length: 120 }, () => ({ tenant, room: randomUUID() }))
  for (let start = 0; start < ids.length; start += 20) {
    await Promise.all(ids.slice(start, start + 20).map((id) => group(['ann'], id)))
  }
  const ann = { tenant, user: 'ann', connectionId: 'one', connectedAt: Date.now() }
  const strange = randomUUID()
  const registered = await world.sockets.register(ann, [...ids.map(({ room }) => room), strange], signal)
  expect([...registered.keys()].sort()).toEqual(ids.map(({ room }) => room).sort())
  expect(registered.get(ids[0]?.room ?? '')).toMatchObject({ user: 'ann', joined: 1, connectionId: 'one' })
})

test('a connection is found in its shard, whatever number of shards its room has', () => {
  const ids = Array.from({ length: 2000 }, () => randomUUID())
  const counts = ids
    .map((id) => shardOf(id, 4))
    .reduce((sum, shard) => sum.with(shard, (sum[shard] ?? 0) + 1), [0, 0, 0, 0])
  expect(Math.min(...counts)).toBeGreaterThan(350)
  expect(ids.every((id) => shardOf(id, 1) === 0)).toBe(true)
})
