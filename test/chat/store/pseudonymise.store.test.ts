import { randomUUID } from 'node:crypto'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { createLeaveRoom } from '../../../functions/chat/pseudonymise/leave-room.ts'
import { readPseudonymiseStep } from '../../../functions/chat/pseudonymise/step-message.ts'
import { toItem } from '../../../functions/chat/store/items.ts'
import { recordKey } from '../../../functions/chat/store/keys.ts'
import { newTenant } from '../../support/cloud.ts'
import { api, itemsNaming, livelyTenant, pseudonymising, store } from './pseudonymise-world.ts'

const { signal } = new AbortController()

/** @proves chat/pseudonymised */
test('nothing names the user afterwards, wherever that was, and other tenants keep theirs', async () => {
  const [world, other] = await Promise.all([livelyTenant(), livelyTenant()])
  const { tenant, user, own, left, direct, alone, seq, ok, call } = world
  const before = (await itemsNaming(other.tenant, other.user)).length
  expect((await world.begin()).status).toBe(202)
  expect(api.steps).toContainEqual({ tenant, user })
  const { complete, closed } = pseudonymising()
  await complete({ tenant, user })
  expect(await itemsNaming(tenant, user)).toEqual([])
  expect(closed).toEqual([world.connection.connectionId])
  expect(await itemsNaming(other.tenant, other.user)).toHaveLength(before)

  const messages = (await ok('ann', `GET /v1/rooms/${own}/messages`)).items
  const message = messages.find((one: { seq: number }) => one.seq === seq)
  expect(message).toMatchObject({ user: expect.stringMatching(/^deleted-/), body: 'Hello', reactions: { '👍': 1 } })
  const pseudonym: string = message.user
  expect(messages[0]).toMatchObject({ user: 'ann', mentions: [pseudonym] })
  const members = (await ok('ann', `GET /v1/rooms/${own}/members`)).items
  expect(members).toMatchObject([
    { user: 'ann', role: 'member' },
    { user: 'eve', role: 'owner' },
  ])
  expect(await ok('ann', `GET /v1/rooms/${left}`)).toMatchObject({ lastMessage: { user: pseudonym } })
  expect(await ok('ann', `GET /v1/rooms/${direct}`)).toMatchObject({ with: pseudonym, members: 1 })
  expect((await call(user, `GET /v1/rooms/${alone}`)).status).toBe(404)
})

/** @proves chat/pseudonymised */
test('a step that dies before or after any of its parts is repeated, and nothing names the user in the end', async () => {
  const world = await livelyTenant()
  const { tenant, user, own, ok } = world
  await world.begin()
  const parts = { ...store, leaveRoom: createLeaveRoom(store) }
  const names = ['leaveRoom', 'unregister', 'replace', 'removeTrace', 'listTraces', 'forgetUser'] as const
  const dying = names.map((name) => {
    const fates = ['before', 'after']
    return [
      name,
      async (...given: unknown[]) => {
        const fate = fates.shift()
        if (fate === 'before') throw new Error('killed')
        const result = await (parts[name] as (...all: unknown[]) => Promise<unknown>)(...given)
        if (fate === 'after') throw new Error('killed')
        return result
      },
    ]
  })
  await pseudonymising(Object.fromEntries(dying)).complete({ tenant, user })
  expect(await itemsNaming(tenant, user)).toEqual([])
  const { items } = await ok('ann', `GET /v1/rooms/${own}/messages`)
  expect(new Set(items.map((one: { user: string }) => one.user)).size).toBe(2)
})

test('a search that has no more time goes on where it was', async () => {
  const world = await livelyTenant()
  const { tenant, user } = world
  await world.begin()
  const froms: (string | undefined)[] = []
  let clock = Date.now()
  const { complete } = pseudonymising({
    // Time for one page of each step.
    now: () => {
      clock += 11_000
      return clock
    },
    async replace(input, inner) {
      froms.push(input.after)
      const last = await store.replace(input, inner)
      return input.after === undefined ? 'event#' : last
    },
  })
  await complete({ tenant, user })
  // Five rooms, and the one that holds a block alone.
  expect(froms.filter((from) => from === 'event#')).toHaveLength(6)
  expect(await itemsNaming(tenant, user)).toEqual([])
})

test('a trace that was stored without an id is removed once its room is searched', async () => {
  const [tenant, user] = [newTenant(), `user-${randomUUID()}`]
  const Item = toItem({ ...recordKey({ tenant, room: 'room-1' }, { record: 'trace', user }), revision: 3 })
  await api.table.client.send(new PutItemCommand({ TableName: api.table.tableName, Item }), { signal })
  await api.tenantOf(tenant)('boss', `DELETE /v1/users/${user}`)
  await pseudonymising().complete({ tenant, user })
  expect(await itemsNaming(tenant, user)).toEqual([])
})

test('a user whom nobody knows is no obstacle, and steps that come too late do nothing', async () => {
  const [tenant, user] = [newTenant(), `user-${randomUUID()}`]
  const call = api.tenantOf(tenant)
  const statuses = [await call('boss', `DELETE /v1/users/${user}`), await call('boss', `DELETE /v1/users/${user}`)]
  expect(statuses.map(({ status }) => status)).toEqual([202, 202])
  const { complete } = pseudonymising()
  await complete({ tenant, user })
  await complete({ tenant, user, room: 'room-1' })
  expect(await itemsNaming(tenant, user)).toEqual([])
})

test('a step is read as it was written, and one with wrong fields is refused', () => {
  const step = { tenant: 'acme', user: 'bob', room: 'room-1', after: 'event#1', trace: '8' }
  expect(readPseudonymiseStep(JSON.parse(JSON.stringify(step)))).toEqual(step)
  expect(() => readPseudonymiseStep({ ...step, user: '' })).toThrow('user')
})
