import { randomUUID } from 'node:crypto'
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import { type Member, newMember } from '../../../functions/chat/domain/member.ts'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { newGroup } from '../../../functions/chat/rooms/new-room.ts'
import { type SendInput, sendMessage } from '../../../functions/chat/send/send-message.ts'
import { fromItem, toKey } from '../../../functions/chat/store/items.ts'
import { EVENT, type Key, roomPk } from '../../../functions/chat/store/keys.ts'
import { createRoomStore, type RoomStoreOptions } from '../../../functions/chat/store/room-store.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { CAUSE } from '../cause.ts'
import { noFiles } from '../no-files.ts'

const { signal } = new AbortController()

/** A table of its own, with what rooms are made of. */
export async function roomsTable(options: Partial<RoomStoreOptions> = {}) {
  setFunctionEnvironment()
  const table = { client: patientDynamoDB(), tableName: await ownTable() }
  const newId = () => randomUUID()
  const rate = { perSecond: 1000, burst: 1000 }
  const common = { now: Date.now, random: Math.random, startTimer, newId, rate, loadFiles: noFiles }
  const store = createRoomStore({ ...table, ...common, ...options })
  const { commit, uploads } = store
  const send = sendMessage({ commit, ...uploads })
  return {
    table,
    store,
    commit,
    /** Creates a group whose first user owns it. */
    async group(users: readonly string[], id: RoomId = { tenant: newTenant(), room: randomUUID() }): Promise<RoomId> {
      const [creator = 'ann', ...others] = users
      const spec = { id: id.room, creator, now: Date.now(), version: newId() }
      const { room, members, event } = newGroup(spec, { name: 'Tea', history: 'all' })
      const all: Member[] = [...members, ...others.map((user) => newMember(user, { joined: 1 }))]
      const made = { id, room: { ...room, members: all.length }, members: all, event, cause: CAUSE }
      const outcome = await store.storeRoom(made, signal)
      expect(outcome).toEqual({ outcome: 'created' })
      return id
    },
    send: (
      id: RoomId,
      user: string,
      { cid = newId(), ...draft }: Partial<SendInput['draft']> & { cid?: string } = {},
    ) =>
      send(
        {
          ...id,
          user,
          cid,
          draft: { body: 'Hello', threadRoot: null, attachments: [], mentions: [], ...draft },
          cause: CAUSE,
        },
        signal,
      ),
    /** Reads an item of the table. */
    async itemAt(key: Key) {
      const input = { TableName: table.tableName, Key: toKey(key), ConsistentRead: true }
      return (await table.client.send(new GetItemCommand(input), { signal })).Item
    },
    /** Reads a room's whole log. */
    async log(id: RoomId): Promise<RoomEvent[]> {
      const input = {
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :event)',
        ExpressionAttributeValues: { ':pk': { S: roomPk(id) }, ':event': { S: EVENT } },
        ConsistentRead: true,
      }
      const { Items = [] } = await table.client.send(new QueryCommand(input), { signal })
      return Items.map((item) => fromItem<RoomEvent>(item).value)
    },
  }
}
