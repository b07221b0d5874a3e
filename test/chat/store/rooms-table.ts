import { randomUUID } from 'node:crypto'
import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { RoomEvent } from '../../../functions/chat/domain/event.ts'
import type { Member } from '../../../functions/chat/domain/member.ts'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { newGroup, newMember } from '../../../functions/chat/rooms/new-room.ts'
import { type SendInput, sendMessage } from '../../../functions/chat/send/send-message.ts'
import { type CommitOptions, createCommit } from '../../../functions/chat/store/commit.ts'
import { createCreateRoom } from '../../../functions/chat/store/create-room.ts'
import { fromItem } from '../../../functions/chat/store/items.ts'
import { EVENT, roomPk } from '../../../functions/chat/store/keys.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { CAUSE } from '../cause.ts'

const { signal } = new AbortController()

/** A table of its own, with what rooms are made of. */
export async function roomsTable(options: Partial<CommitOptions> = {}) {
  setFunctionEnvironment()
  const table = { client: patientDynamoDB(), tableName: await ownTable() }
  const newId = () => randomUUID()
  const rate = { perSecond: 1000, burst: 1000 }
  const commit = createCommit({ ...table, now: Date.now, random: Math.random, startTimer, newId, rate, ...options })
  const create = createCreateRoom(table)
  const send = sendMessage(commit)
  return {
    table,
    commit,
    /** Creates a group whose first user owns it. */
    async group(users: readonly string[], id: RoomId = { tenant: newTenant(), room: randomUUID() }): Promise<RoomId> {
      const [creator = 'ann', ...others] = users
      const spec = { id: id.room, creator, now: Date.now(), version: newId() }
      const { room, members, event } = newGroup(spec, { name: 'Tea', history: 'all' })
      const all: Member[] = [...members, ...others.map((user) => newMember(user, { joined: 1 }))]
      const outcome = await create(
        { id, room: { ...room, members: all.length }, members: all, event, cause: CAUSE, operationId: newId() },
        signal,
      )
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
