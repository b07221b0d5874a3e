import { randomUUID } from 'node:crypto'
import { DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { objectKeyOf } from '../../functions/chat/domain/attachment.ts'
import { keyOf, toKey } from '../../functions/chat/store/items.ts'
import { EVENT, recordKey, roomPk } from '../../functions/chat/store/keys.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { sdkConfig, tableName } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { chatUsers } from './deployed.ts'
import { isStored, uploadTo } from './deployed-files.ts'

const [db, lambda] = [new DynamoDBClient(sdkConfig), new LambdaClient(sdkConfig)]
const TableName = await tableName('Chat')
afterAll(() => {
  db.destroy()
  lambda.destroy()
})

/** Sets an attribute of an item, as if time had passed. */
const set = (Key: ReturnType<typeof toKey>, name: string, value: number) =>
  db.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': { N: String(value) } },
    }),
  )

async function invokeUpkeep(): Promise<void> {
  const functions = (await stackResources(localCloud(), 'Chat')).filter(({ type }) => type === 'AWS::Lambda::Function')
  const FunctionName = functions.find(({ logicalId }) => logicalId.startsWith('UpkeepFunction'))?.physicalId
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }))
  expect(FunctionError).toBeUndefined()
}

const keysOf = async (pk: string) => {
  const input = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } }
  const { Items = [] } = await db.send(new QueryCommand({ TableName, ...input, ConsistentRead: true }))
  return Items.map(keyOf)
}

test('messages of a room with a retention expire with their files, and a deleted room is removed', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const id = { tenant: ann.tenant, room }
  answered(200, await ann.call(`PATCH /v1/rooms/${room}`, { retentionDays: 1 }))
  const file = await uploadTo(room, ann)
  const body = { cid: randomUUID(), body: 'Look', attachments: [file] }
  const { seq } = answered(201, await ann.call(`POST /v1/rooms/${room}/messages`, body)).json
  for (const key of await keysOf(roomPk(id))) if (key.sk.startsWith(EVENT)) await set(toKey(key), 'at', 1)
  await set(toKey(recordKey(id, { record: 'upkeep' })), 'dueAt', 1)

  await invokeUpkeep()
  const seen = answered(200, await bob.call(`GET /v1/rooms/${room}`)).json
  expect(seen).toMatchObject({ floor: seq + 1, unread: 0, lastMessage: null })
  expect(answered(200, await bob.call(`GET /v1/rooms/${room}/messages`)).json.items).toEqual([])
  answered(404, await bob.call(`GET /v1/attachments/${file}`))
  await eventually(async () => expect(await isStored(objectKeyOf(id, file))).toBe(false))

  const unsent = await uploadTo(room, ann)
  answered(204, await ann.call(`DELETE /v1/rooms/${room}`))
  await set(toKey(recordKey(id, { record: 'room' })), 'deletedAt', 1)
  await set(toKey(recordKey(id, { record: 'upkeep' })), 'dueAt', 1)
  await invokeUpkeep()
  expect(await keysOf(roomPk(id))).toEqual([])
  await eventually(async () => expect(await isStored(objectKeyOf(id, unsent))).toBe(false))
})
