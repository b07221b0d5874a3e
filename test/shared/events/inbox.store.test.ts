import { randomBytes, randomUUID } from 'node:crypto'
import { GetItemCommand, PutItemCommand, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { createInbox, type Inbox } from '../../../functions/shared/events/inbox.ts'
import {
  entryAttributes,
  entryUpdate,
  type OutboxEntry,
  readEntry,
} from '../../../functions/shared/events/outbox-entry.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { anEntry } from './an-event.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const { signal } = new AbortController()
let table: string
let inbox: Inbox

beforeAll(async () => {
  table = await ownTable()
  const options = { client: dynamodb, tableName: table, now: Date.now, random: Math.random, randomBytes }
  inbox = createInbox({ ...options, consumer: 'a-test' })
})

const keyOf = (id: string) => ({ pk: { S: `TEST#${id}` }, sk: { S: 'test' } })
const read = async (id: string) =>
  (await dynamodb.send(new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true }))).Item

const addOne = (id: string, max?: number): TransactWriteItem => ({
  Update: {
    TableName: table,
    Key: keyOf(id),
    UpdateExpression: 'ADD amount :one',
    ...(max !== undefined && { ConditionExpression: 'attribute_not_exists(amount) OR amount < :max' }),
    ExpressionAttributeValues: { ':one': { N: '1' }, ...(max !== undefined && { ':max': { N: String(max) } }) },
  },
})

test('an effect happens once, then it is repeated', async () => {
  const id = randomUUID()
  expect(await inbox.once(id, [addOne(id)], signal)).toEqual({ outcome: 'done' })
  expect(await inbox.once(id, [addOne(id)], signal)).toEqual({ outcome: 'repeated' })
  expect((await read(id))?.amount).toEqual({ N: '1' })
})

test('of ten deliveries at the same time one has the effect', async () => {
  const id = randomUUID()
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => inbox.once(id, [addOne(id)], signal)))
  expect(outcomes.filter(({ outcome }) => outcome === 'done')).toHaveLength(1)
  expect((await read(id))?.amount).toEqual({ N: '1' })
})

test('a condition that fails says which, and what is there; the event may come again', async () => {
  const [id, other] = [randomUUID(), randomUUID()]
  await inbox.once(randomUUID(), [addOne(id)], signal)
  const event = randomUUID()
  expect(await inbox.once(event, [addOne(other), addOne(id, 1)], signal)).toEqual({
    outcome: 'refused',
    index: 1,
    item: { ...keyOf(id), amount: { N: '1' } },
  })
  expect(await read(other)).toBeUndefined()
  expect(await inbox.once(event, [addOne(other)], signal)).toEqual({ outcome: 'done' })
})

test('an outbox entry is in the item with the change, and its sequence grows', async () => {
  const id = randomUUID()
  const update = (entry: OutboxEntry) => {
    const { set, names, values } = entryUpdate(entry)
    return dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(id),
        UpdateExpression: `SET amount = :amount, ${set}`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':amount': { N: '7' }, ...values },
      }),
    )
  }
  await dynamodb.send(
    new PutItemCommand({
      TableName: table,
      Item: { ...keyOf(id), ...entryAttributes(anEntry({ operationId: '1' })) },
    }),
  )
  await update(anEntry({ operationId: '2', causationId: 'event-0' }))
  await update(anEntry({ operationId: '3' }))
  const item = await read(id)
  expect(item?.amount).toEqual({ N: '7' })
  expect(readEntry(item ?? {})).toEqual({ entry: anEntry({ operationId: '3' }), sequence: 3 })
})

test('an item that had no events yet begins with the first', async () => {
  const id = randomUUID()
  await dynamodb.send(new PutItemCommand({ TableName: table, Item: keyOf(id) }))
  const { set, names, values } = entryUpdate(anEntry())
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: keyOf(id),
      UpdateExpression: `SET ${set}`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    }),
  )
  expect(readEntry((await read(id)) ?? {})).toEqual({ entry: anEntry(), sequence: 1 })
})
