import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { sdkConfig } from '../../support/cloud.ts'

// Verifies an assumption of docs/costs.md: that the engine counts writes as DynamoDB does, by
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html and GSI.html.
const dynamodb = new DynamoDBClient(sdkConfig)
const TableName = `cost-${Date.now().toString(36)}`
const counted = { TableName, ReturnConsumedCapacity: 'TOTAL' } as const
const Key = { pk: { S: 'a' }, sk: { S: 'b' } }
const INDEX = { listPk: { S: 'c' }, listSk: { S: 'd' } }
const KEYS_INDEX = { endPk: { S: 'c' }, endSk: { S: 'd' } }
const text = (bytes: number) => ({ S: 'x'.repeat(bytes) })

beforeAll(async () => {
  const names = ['pk', 'sk', 'listPk', 'listSk', 'endPk', 'endSk']
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ]
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        { IndexName: 'list', KeySchema: keys('listPk', 'listSk'), Projection: { ProjectionType: 'ALL' } },
        { IndexName: 'end', KeySchema: keys('endPk', 'endSk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    }),
  )
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName })
})

afterAll(async () => {
  await dynamodb.send(new DeleteTableCommand({ TableName }))
  dynamodb.destroy()
})

const units = (answer: { ConsumedCapacity?: { CapacityUnits?: number } }) => answer.ConsumedCapacity?.CapacityUnits
const put = async (item: Record<string, AttributeValue>) =>
  units(await dynamodb.send(new PutItemCommand({ ...counted, Item: { ...Key, ...item } })))
const update = async (UpdateExpression: string, values?: Record<string, AttributeValue>) =>
  units(
    await dynamodb.send(
      new UpdateItemCommand({ ...counted, Key, UpdateExpression, ExpressionAttributeValues: values }),
    ),
  )
const transact = async (...TransactItems: TransactWriteItem[]) => {
  const input = { TransactItems, ReturnConsumedCapacity: counted.ReturnConsumedCapacity }
  const { ConsumedCapacity = [] } = await dynamodb.send(new TransactWriteItemsCommand(input))
  return ConsumedCapacity.map(({ CapacityUnits }) => CapacityUnits)
}
const remove = async () => units(await dynamodb.send(new DeleteItemCommand({ ...counted, Key })))

test('a write costs a unit for each KB or part of it', async () => {
  expect([await put({ a: text(900) }), await put({ a: text(1024) }), await put({ a: text(2500) })]).toEqual([1, 2, 3])
})

test('an update costs as much as the larger of the item before and after', async () => {
  await put({ a: text(10) })
  expect(await update('SET a = :a', { ':a': text(2500) })).toBe(3)
  expect(await update('SET a = :a', { ':a': text(10) })).toBe(3)
})

test('an index costs units, too, when an item enters it, changes in it or leaves it', async () => {
  await remove()
  expect(await put({ ...INDEX, a: text(10) })).toBe(2)
  expect(await update('SET a = :a', { ':a': text(20) })).toBe(2)
  expect(await update('SET listSk = :k', { ':k': { S: 'e' } })).toBe(3)
  expect(await update('REMOVE listPk, listSk')).toBe(2)
  expect(await remove()).toBe(1)
})

test('an index of keys alone costs units only when they change', async () => {
  await remove()
  expect(await put({ ...KEYS_INDEX, a: text(10) })).toBe(2)
  expect(await update('SET a = :a', { ':a': text(20) })).toBe(1)
  expect(await update('REMOVE endPk, endSk')).toBe(2)
})

test('in a transaction each item costs twice as much, and its index entries don’t', async () => {
  await remove()
  const Item = { ...Key, ...INDEX, a: text(1500) }
  const Update = { TableName, Key: { ...Key, sk: { S: 'c' } }, UpdateExpression: 'SET a = :a' }
  const values = { ExpressionAttributeValues: { ':a': text(10) } }
  expect(await transact({ Put: { TableName, Item } }, { Update: { ...Update, ...values } })).toEqual([
    2 * 2 + 2 + 2 * 1,
  ])
  expect(await transact({ Delete: { TableName, Key } })).toEqual([2 * 2 + 2])
})
