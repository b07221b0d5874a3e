import { randomUUID } from 'node:crypto'
import { PutItemCommand, ScanCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { PseudonymiseStep } from '../../../functions/chat/domain/pseudonym.ts'
import { SEND_RATE } from '../../../functions/chat/domain/send-rate.ts'
import { createLeaveRoom } from '../../../functions/chat/pseudonymise/leave-room.ts'
import { createPseudonymise, type PseudonymiseDeps } from '../../../functions/chat/pseudonymise/pseudonymise.ts'
import { readPseudonymiseStep } from '../../../functions/chat/pseudonymise/step-message.ts'
import { deleteMessage } from '../../../functions/chat/send/delete-message.ts'
import { react } from '../../../functions/chat/send/react.ts'
import { createBlocks } from '../../../functions/chat/store/blocks.ts'
import { createCommit } from '../../../functions/chat/store/commit.ts'
import { toItem } from '../../../functions/chat/store/items.ts'
import { directRoomId, recordKey } from '../../../functions/chat/store/keys.ts'
import { createPseudonymiseStore } from '../../../functions/chat/store/pseudonymise-store.ts'
import { createSocketStore } from '../../../functions/chat/store/socket-store.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { newTenant } from '../../support/cloud.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { CAUSE } from '../cause.ts'
import { chatApi } from '../chat-api.ts'
import { noFiles } from '../no-files.ts'

const { signal } = new AbortController()
const api = await chatApi()
const options = { ...api.table, now: Date.now, random: Math.random, startTimer, newId: () => randomUUID() }
const store = createPseudonymiseStore(options)
const sockets = createSocketStore({ ...options, rate: SEND_RATE, loadFiles: noFiles })
const { logger } = recordedTelemetry().telemetry

/** The steps of pseudonymisings, with a queue and a clock in memory. */
function pseudonymising(overrides: Partial<PseudonymiseDeps> = {}) {
  const queue: PseudonymiseStep[] = []
  const closed: string[] = []
  let ahead = 0
  const run = createPseudonymise({
    ...store,
    leaveRoom: createLeaveRoom(store),
    close: async (connectionId) => closed.push(connectionId),
    later: async (steps) => void queue.push(...steps),
    now: () => Date.now() + ahead,
    logger,
    ...overrides,
  })
  return {
    closed,
    /** Runs all steps, each again until it succeeds, and lets a minute pass before the last one comes back. */
    async complete(first: PseudonymiseStep): Promise<void> {
      queue.push(first)
      for (let step = queue.shift(); step; step = queue.shift()) {
        const outcome = await run({ ...step, cause: CAUSE }, signal).catch(() => undefined)
        if (outcome === undefined) queue.push(step)
        if (outcome === 'searching') ahead += 62_000
      }
    },
  }
}

/** Reads every item of a tenant that names a user in any way. */
async function itemsNaming(tenant: string, user: string): Promise<object[]> {
  const input = { TableName: api.table.tableName, ConsistentRead: true }
  const { Items = [] } = await api.table.client.send(new ScanCommand(input), { signal })
  const texts = Items.map((item) => JSON.stringify(unmarshall(item)))
  return texts.filter((text) => text.includes(tenant) && text.includes(user)).map((text) => JSON.parse(text))
}

/** A tenant with a user who is named wherever a user can be, and who is connected. */
async function livelyTenant() {
  const [tenant, user] = [newTenant(), `user-${randomUUID()}`]
  const call = api.tenantOf(tenant)
  const ok = async (who: string, line: string, body?: unknown) => {
    const { status, json } = await call(who, line, body === undefined ? {} : { body })
    if (status === undefined || status >= 300)
      throw new Error(`${line} was answered with ${status}: ${JSON.stringify(json)}`)
    return json
  }
  const say = (who: string, room: string, more: object = {}) =>
    ok(who, `POST /v1/rooms/${room}/messages`, { cid: randomUUID(), body: 'Hello', ...more })
  const group = async (owner: string): Promise<string> =>
    (await ok(owner, 'POST /v1/rooms', { kind: 'group', name: 'Tea' })).id
  const add = (who: string, path: string, role = 'member') => ok(who, `PUT /v1/rooms/${path}`, { role })

  const [own, left, banned, alone] = await Promise.all([group(user), group('ann'), group('ann'), group(user)])
  await add(user, `${own}/members/ann`)
  await add(user, `${own}/members/eve`, 'admin')
  await say('ann', own, { mentions: [user] })
  const { seq } = await say(user, own, { mentions: ['ann'] })
  const reaction = { tenant, room: own, user, target: seq, cid: 'react', emoji: '👍', remove: false, cause: CAUSE }
  await react(api.commit)(reaction, signal)
  await ok(user, `PUT /v1/rooms/${own}/bans/mallory`)
  await ok(user, `PUT /v1/rooms/${own}/notify`, { level: 'all' })
  await add('ann', `${left}/members/${user}`)
  await say(user, left)
  await ok(user, `DELETE /v1/rooms/${left}/members/${user}`)
  await ok('ann', `PUT /v1/rooms/${banned}/bans/${user}`)
  const { id: direct } = await ok(user, 'POST /v1/rooms', { kind: 'direct', with: 'ann' })
  await say(user, direct)
  await ok('dan', `PUT /v1/blocks/${user}`)
  await ok(user, 'PUT /v1/blocks/ann')
  const connection = { tenant, user, connectionId: randomUUID(), connectedAt: Date.now() }
  await sockets.put(connection, Date.now(), signal)
  await sockets.register(connection, [own, direct], signal)
  await sockets.setWatched(connection, [own], signal)
  await sockets.takeTyping({ tenant, room: own, user, now: Date.now(), everyMs: 3000 }, signal)
  const begin = () => call('boss', `DELETE /v1/users/${user}`)
  return { tenant, user, connection, own, left, direct, alone, seq, ok, say, call, begin }
}

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

test('a trace that was stored without an id is removed once its room is searched', async () => {
  const [tenant, user] = [newTenant(), `user-${randomUUID()}`]
  const Item = toItem({ ...recordKey({ tenant, room: 'room-1' }, { record: 'trace', user }), revision: 3 })
  await api.table.client.send(new PutItemCommand({ TableName: api.table.tableName, Item }), { signal })
  await api.tenantOf(tenant)('boss', `DELETE /v1/users/${user}`)
  await pseudonymising().complete({ tenant, user })
  expect(await itemsNaming(tenant, user)).toEqual([])
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
