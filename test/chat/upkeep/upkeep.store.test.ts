import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { objectKeyOf } from '../../../functions/chat/domain/attachment.ts'
import type { CommitRequest, CommitResult } from '../../../functions/chat/domain/commit.ts'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { decideEdit, editMessage } from '../../../functions/chat/send/edit-message.ts'
import { react } from '../../../functions/chat/send/react.ts'
import { keyOf } from '../../../functions/chat/store/items.ts'
import { recordKey, roomPk, userPk } from '../../../functions/chat/store/keys.ts'
import { createReadRoomStates } from '../../../functions/chat/store/read-room-states.ts'
import { createUpkeepStore } from '../../../functions/chat/store/upkeep-store.ts'
import { expireMessages } from '../../../functions/chat/upkeep/expire-messages.ts'
import { keepUp } from '../../../functions/chat/upkeep/keep-up.ts'
import { sweep } from '../../../functions/chat/upkeep/sweep.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { ownBucket, postForm } from '../../support/own-bucket.ts'
import { CAUSE } from '../cause.ts'
import { chatApi } from '../chat-api.ts'

const [HOUR, DAY] = [3_600_000, 86_400_000]
const { signal } = new AbortController()
const files = await ownBucket()
const clock = { now: Date.now() }
const now = () => clock.now
const { call, tenant, table, commit, itemAt, countedRooms, log } = await chatApi({ loadFiles: async () => files, now })
const store = createUpkeepStore(table)
const failures: unknown[] = []
const onFailure = (_: unknown, error: unknown) => void failures.push(error)
const upkeepOf = (own: typeof store) =>
  sweep({
    ...own,
    now,
    onFailure,
    keepUp: keepUp({ ...own, now, expireMessages: expireMessages({ ...own, now }) }),
  })
const run = () => upkeepOf(store)(clock.now + HOUR, signal)
const edit = editMessage(commit)
const reactTo = react(commit)

async function group(...members: string[]): Promise<RoomId> {
  const { json } = await call('ann', 'POST /v1/rooms', { body: { kind: 'group', name: 'Tea' } })
  for (const user of members) {
    await call('ann', `PUT /v1/rooms/${json.id}/members/${user}`, { body: { role: 'member' } })
  }
  return { tenant, room: json.id }
}
let cids = 0
async function say({ room }: RoomId, body: object = {}): Promise<number> {
  const { status, json } = await call('ann', `POST /v1/rooms/${room}/messages`, {
    body: { cid: `c${++cids}`, body: 'secret', ...body },
  })
  expect(status).toBe(201)
  return json.seq
}
const retain = ({ room }: RoomId, retentionDays: number | null) =>
  call('ann', `PATCH /v1/rooms/${room}`, { body: { retentionDays } })
const roomSeenBy = async (user: string, { room }: RoomId) => (await call(user, `GET /v1/rooms/${room}`)).json

/** All items of a room, by their sort keys. */
async function itemsOf(id: RoomId, pk = roomPk(id)): Promise<string[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: pk } },
      ConsistentRead: true,
    }),
  )
  return Items.map((item) => keyOf(item).sk)
}

async function uploaded({ room }: RoomId): Promise<string> {
  const body = { name: 'a.txt', type: 'text/plain', size: 5 }
  const { json } = await call('ann', `POST /v1/rooms/${room}/uploads`, { body })
  await postForm(json.upload, 'hello')
  return json.attachmentId
}

test('messages live as long as their room says: then nothing of them is left, and every read begins at the floor', async () => {
  const id = await group('bob')
  await retain(id, 7)
  const file = await uploaded(id)
  const root = await say(id, { attachments: [file], mentions: ['bob'] })
  await say(id, { threadRoot: root })
  await reactTo({ ...id, user: 'bob', cid: 'r', target: root, emoji: '👍', remove: false, cause: CAUSE }, signal)
  expect((await roomSeenBy('bob', id)).unread).toBe(2)
  clock.now += 6 * DAY
  const kept = await say(id, { body: 'kept' })
  clock.now += DAY + 1

  expect(await run()).toEqual({ done: 1, failed: 0, isComplete: true })
  const room = await roomSeenBy('bob', id)
  expect(room).toMatchObject({ floor: kept, head: kept, unread: 1, mentions: 0, lastMessage: { body: 'kept' } })
  const { json: messages } = await call('bob', `GET /v1/rooms/${id.room}/messages`)
  expect(messages.items).toMatchObject([{ seq: kept }])
  const { json: events } = await call('bob', `GET /v1/rooms/${id.room}/events`, { query: 'after=0' })
  expect(events).toMatchObject({ items: [{ seq: kept }], nextCursor: null })
  expect(await call('bob', `GET /v1/attachments/${file}`)).toMatchObject({ status: 404 })
  const left = (await itemsOf(id)).filter((sk) => /^(event|message|mention|reply|reaction|attachment)#/.test(sk))
  expect(left).toEqual([`event#${String(kept).padStart(16, '0')}`, `message#${String(kept).padStart(16, '0')}`])
  // The stream of the table, which this test doesn't have, tells by the removed record that the content is to be erased.
  expect(await files.head(objectKeyOf({ tenant }, file))).toBeDefined()
  const states = await createReadRoomStates({ ...table, random: Math.random })(
    { tenant, user: 'bob' },
    [id.room],
    signal,
  )
  expect(states.get(id.room)?.room?.floor).toBe(kept)
})

test('when all has expired, the room is empty, and goes on with its numbers', async () => {
  const id = await group('bob')
  await retain(id, 1)
  const last = await say(id)
  clock.now += DAY + 1
  await run()
  expect(await roomSeenBy('bob', id)).toMatchObject({ floor: last + 1, head: last, unread: 0, lastMessage: null })
  expect((await itemAt(recordKey(id, { record: 'room' })))?.lastMessage).toEqual({ NULL: true })
  expect((await call('bob', `GET /v1/rooms/${id.room}/events`)).json).toEqual({ items: [], nextCursor: null })
  expect(await say(id)).toBe(last + 1)
  expect((await call('bob', `GET /v1/rooms/${id.room}/messages`)).json.items).toMatchObject([{ seq: last + 1 }])
  expect((await roomSeenBy('bob', id)).unread).toBe(1)
})

test('the body of an edit goes with its message, although the edit itself is newer than the floor', async () => {
  const id = await group()
  await retain(id, 1)
  const target = await say(id)
  clock.now += DAY - HOUR
  expect(await edit({ ...id, user: 'ann', cid: 'e', target, body: 'secret, too', cause: CAUSE }, signal)).toMatchObject(
    {
      outcome: 'committed',
    },
  )
  clock.now += HOUR + 1
  await run()
  const events = await log(id)
  expect(events).toMatchObject([{ type: 'edit', erased: true, body: '' }])
  expect(JSON.stringify(events)).not.toContain('secret')
})

test('the floor is raised before anything is removed, and a run that dies is finished by the next', async () => {
  const id = await group('bob')
  await retain(id, 1)
  for (let count = 0; count < 4; count++) await say(id)
  clock.now += DAY + 1
  let erased = 0
  const dying: typeof store = {
    ...store,
    async eraseEvent(expired, inner) {
      if (expired.id.room !== id.room) return store.eraseEvent(expired, inner)
      const { floor } = await roomSeenBy('bob', id)
      expect(floor).toBe(8)
      if (++erased > 3) throw new Error('The function ends')
      await store.eraseEvent(expired, inner)
    },
  }
  expect(await upkeepOf(dying)(clock.now + HOUR, signal)).toMatchObject({ failed: 1, isComplete: true })
  expect(failures.splice(0)).toHaveLength(1)
  expect((await call('bob', `GET /v1/rooms/${id.room}/messages`)).json.items).toEqual([])
  expect((await log(id)).length).toBeGreaterThan(0)
  // Nothing comes back when messages live longer from now on.
  await retain(id, 30)
  expect(await run()).toMatchObject({ failed: 0, isComplete: true })
  expect(await log(id)).toMatchObject([{ seq: 8, type: 'room' }])
})

test('an edit that comes while its message is removed leaves no body', async () => {
  const id = await group()
  await retain(id, 1)
  const target = await say(id)
  clock.now += DAY - HOUR
  const kept = await say(id, { body: 'kept' })
  // Decided before the floor was raised, and written after it.
  const late: CommitRequest = {
    ...id,
    user: 'ann',
    cause: CAUSE,
    reads: [{ record: 'message', seq: target }],
    decide: ({ room, ...situation }) =>
      decideEdit(target, 'secret edit')({ ...situation, now: clock.now - HOUR, room: { ...room, floor: 1 } }),
  }
  let edited: CommitResult | undefined
  const client: DynamoDB = {
    async send(command, options) {
      const isRemoval = JSON.stringify(command.input).includes('message#') && 'ConditionExpression' in command.input
      if (isRemoval && !edited) edited = await commit(late, signal)
      return table.client.send(command, options)
    },
  }
  clock.now += HOUR + 1
  const racing = createUpkeepStore({ ...table, client })
  await upkeepOf({ ...racing, listDue: store.listDue })(clock.now + HOUR, signal)
  expect(edited).toMatchObject({ outcome: 'committed', seq: kept + 1 })
  const events = await log(id)
  expect(events).toMatchObject([{ body: 'kept' }, { type: 'edit', erased: true, body: '' }])
  expect(JSON.stringify([events, await itemAt(recordKey(id, { record: 'room' }))])).not.toContain('secret')
})

test('a time that was set while a room was worked on stays', async () => {
  const id = await group()
  await retain(id, 1)
  const dueAt = Number((await itemAt(recordKey(id, { record: 'upkeep' })))?.dueAt?.N)
  for (const next of [null, dueAt + DAY]) await store.reschedule({ ...id, dueAt: dueAt - 1 }, next, signal)
  expect((await itemAt(recordKey(id, { record: 'upkeep' })))?.dueAt?.N).toBe(String(dueAt))
})

test('a room without retention keeps everything, also one whose retention was lifted', async () => {
  const id = await group()
  await retain(id, 1)
  await say(id)
  await retain(id, null)
  clock.now += 9 * DAY
  await run()
  expect((await roomSeenBy('ann', id)).floor).toBe(1)
  expect(await itemAt(recordKey(id, { record: 'upkeep' }))).toBeUndefined()
  await retain(id, 3)
  await run()
  expect((await roomSeenBy('ann', id)).floor).toBe(5)
})

test('a room is looked at again when its next message expires', async () => {
  const id = await group()
  await retain(id, 5)
  await run()
  const dueAt = Number((await itemAt(recordKey(id, { record: 'upkeep' })))?.dueAt?.N)
  expect(dueAt - clock.now).toBeGreaterThan(4 * DAY)
  expect(dueAt - clock.now).toBeLessThanOrEqual(5 * DAY)
})

test('of a deleted room nothing is left after a day, and its members have room for another', async () => {
  const id = await group('bob', 'cleo')
  const file = await uploaded(id)
  await say(id, { attachments: [file], mentions: ['bob'] })
  await uploaded(id)
  const before = await countedRooms('bob')
  await call('ann', `DELETE /v1/rooms/${id.room}`)
  await run()
  expect((await itemsOf(id)).length).toBeGreaterThan(5)
  // One member reads the own list meanwhile, which forgets the room for that member.
  await call('cleo', 'GET /v1/rooms')
  clock.now += DAY
  expect(await run()).toMatchObject({ failed: 0, isComplete: true })
  expect(await itemsOf(id)).toEqual([])
  expect(await itemsOf(id, userPk({ tenant, user: 'bob' }))).not.toContain(`room#${id.room}`)
  expect(await countedRooms('bob')).toBe(before - 1)
  expect(await itemAt(recordKey(id, { record: 'upkeep' }))).toBeUndefined()
  expect((await call('bob', `GET /v1/rooms/${id.room}`)).status).toBe(404)
})
