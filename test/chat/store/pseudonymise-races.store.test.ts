import { randomUUID } from 'node:crypto'
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import { SEND_RATE } from '../../../functions/chat/domain/send-rate.ts'
import { deleteMessage } from '../../../functions/chat/send/delete-message.ts'
import { createBlocks } from '../../../functions/chat/store/blocks.ts'
import { createCommit } from '../../../functions/chat/store/commit.ts'
import { directRoomId } from '../../../functions/chat/store/keys.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { newTenant } from '../../support/cloud.ts'
import { CAUSE } from '../cause.ts'
import { api, itemsNaming, livelyTenant, options, pseudonymising, sockets, store } from './pseudonymise-world.ts'

const { signal } = new AbortController()

test('a commit that read the room before can’t bring the user back by the newest message', async () => {
  const { tenant, user, left: room, ok } = await livelyTenant()
  const { seq } = (await ok('ann', `GET /v1/rooms/${room}`)).lastMessage
  let isReplaced = false
  const client = {
    async send(command, given) {
      if (command instanceof TransactWriteItemsCommand && !isReplaced) {
        isReplaced = true
        await store.replace({ tenant, room, user, pseudonym: 'deleted-x', after: undefined }, signal)
      }
      return api.table.client.send(command, given)
    },
  } as DynamoDB
  const commit = createCommit({ ...options, client, rate: SEND_RATE, forgetDeletedRooms: async () => false })
  const deleted = await deleteMessage(commit)(
    { tenant, room, user: 'ann', cid: 'd', target: seq, cause: CAUSE },
    signal,
  )
  expect([isReplaced, deleted.outcome]).toEqual([true, 'committed'])
  expect((await ok('ann', `GET /v1/rooms/${room}`)).lastMessage).toMatchObject({ user: 'deleted-x', body: null })
})

/** @proves chat/pseudonymised */
test('a room in which others name the user behind the search is searched again', async () => {
  const world = await livelyTenant()
  const { tenant, user, left, ok } = world
  await world.begin()
  const behind = new Map([
    [left, () => ok('ann', `PUT /v1/rooms/${left}/bans/${user}`)],
    [directRoomId(tenant, ['dan', user]), () => ok('dan', `PUT /v1/blocks/${user}`)],
  ])
  const { complete } = pseudonymising({
    async replace(input, inner) {
      const last = await store.replace(input, inner)
      await behind.get(input.room)?.()
      behind.delete(input.room)
      return last
    },
  })
  await complete({ tenant, user })
  expect(behind.size).toBe(0)
  expect(await itemsNaming(tenant, user)).toEqual([])
})

/** @proves chat/pseudonymised */
test('a request that meets the end of an earlier one is carried out, and keeps its pseudonym until then', async () => {
  const world = await livelyTenant()
  const { tenant, user, own, ok, say } = world
  await world.begin()
  let again: number | undefined
  const { complete } = pseudonymising({
    async forgetUser(input, inner) {
      if (again === undefined) {
        await ok('ann', `PUT /v1/rooms/${world.left}/members/${user}`, { role: 'member' })
        await say(user, world.left)
        again = (await world.begin()).status
      }
      return store.forgetUser(input, inner)
    },
  })
  await complete({ tenant, user })
  expect(again).toBe(202)
  expect(await itemsNaming(tenant, user)).toEqual([])
  const written = await Promise.all([own, world.left].map((room) => ok('ann', `GET /v1/rooms/${room}/messages`)))
  const pseudonyms = written.flatMap(({ items }) => items.map((one: { user: string }) => one.user))
  expect(new Set(pseudonyms.filter((name) => name !== 'ann')).size).toBe(1)
})

test('a block and its traces are stored together, or not at all', async () => {
  const [tenant, user] = [newTenant(), `user-${randomUUID()}`]
  let isTold = false
  const client = {
    async send(command, given) {
      if (isTold) throw new Error('killed')
      isTold = true
      return api.table.client.send(command, given)
    },
  } as DynamoDB
  await createBlocks({ ...options, client }).block({ tenant, user: 'dan', blocked: user }, signal)
  const named = (await itemsNaming(tenant, user)) as { sk: string }[]
  expect(named.map(({ sk }) => sk.split('#')[0]).sort()).toEqual(['block', 'trace'])
})

test('whoever connects while it is under way gets nothing more, and is disconnected in the end', async () => {
  const world = await livelyTenant()
  const { tenant, user } = world
  await world.begin()
  const late = { ...world.connection, connectionId: randomUUID() }
  let isLate = false
  const { complete, closed } = pseudonymising({
    async removeTrace(input, inner) {
      if (!isLate) await sockets.put(late, Date.now(), signal)
      isLate = true
      return store.removeTrace(input, inner)
    },
  })
  await complete({ tenant, user })
  expect(closed).toEqual([world.connection.connectionId, late.connectionId])
  expect(await itemsNaming(tenant, user)).toEqual([])
})
