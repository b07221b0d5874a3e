import { randomUUID } from 'node:crypto'
import type { AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import {
  type Begin,
  createIdempotencyStore,
  type IdempotencyStore,
} from '../../../../functions/shared/data/idempotency-store.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../../support/cloud.ts'
import { callOf, clientOf, type DynamoDBCall } from '../../../support/fake-dynamodb.ts'
import { ownTable } from '../../../support/own-table.ts'
import { outcomeOf } from '../../resilience/operations.ts'
import { fakeTable } from './fake-table.ts'

// The interleavings are judged over a table in memory. It counts for something as long as it does what DynamoDB does.

setFunctionEnvironment()
const real = callOf(patientDynamoDB())
const { signal } = new AbortController()
const ANSWER = { status: 201, headers: { etag: '"v1"' }, body: '{"code":"abc"}' }
let table: string

beforeAll(async () => {
  table = await ownTable()
})

type Command = (store: IdempotencyStore, id: string) => Promise<unknown>

const attemptId = fc.constantFrom('a', 'b', 'c')
const now = fc.constantFrom(999, 1_000, 11_999, 12_000, 86_401_000)
const begin = fc
  .record({ attemptId, now, fingerprint: fc.constantFrom('x', 'x', 'y'), lease: fc.constantFrom(0, 11_000) })
  .map(
    ({ lease, ...asked }): Command =>
      (store, id) => {
        const until = { leaseUntil: asked.now + lease, keptUntil: asked.now + 86_400_000 }
        const begin: Begin = { ...asked, ...until, id, operationId: `operation-of-${asked.attemptId}` }
        return store.begin(begin, signal)
      },
  )
const complete = attemptId.map(
  (attemptId): Command =>
    (store, id) =>
      store.complete({ id, attemptId }, ANSWER, signal),
)
const release = attemptId.map(
  (attemptId): Command =>
    (store, id) =>
      store.release({ id, attemptId }, signal),
)
const commands = fc.array(fc.oneof({ weight: 3, arbitrary: begin }, complete, release), { minLength: 1, maxLength: 12 })

/** The result of each command, and the table's content after it. */
async function traceOf(dynamodb: DynamoDBCall, sequence: Command[], id: string): Promise<unknown[]> {
  const store = createIdempotencyStore({ client: clientOf(dynamodb), tableName: table })
  const Key = { pk: { S: `I#${id}` }, sk: { S: 'idempotency' } }
  const trace: unknown[] = []
  for (const command of sequence) {
    const outcome = await outcomeOf(command(store, id))
    const { Item } = await dynamodb('GetItem', { TableName: table, Key, ConsistentRead: true })
    trace.push({ outcome, Item })
  }
  return trace
}

test('the table in memory does what the real one does, whatever the store asks of it', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const id = `acme#${randomUUID()}`
      expect(await traceOf(fakeTable().dynamodb, sequence, id)).toEqual(await traceOf(real, sequence, id))
    }),
    { numRuns: 60 },
  )
})

const N10 = { N: '10' }
const EXISTS = 'attribute_exists(pk)'
const NO = 'attribute_exists(a)'
interface Example {
  rule: string
  condition: string
  /** The attribute `v` of the item that is there; without it there is none. */
  before?: AttributeValue
  asked?: AttributeValue
}

test.each<Example>([
  { rule: 'a write where nothing is', condition: 'attribute_not_exists(pk)' },
  { rule: 'a write where something is', condition: 'attribute_not_exists(pk)', before: N10 },
  { rule: 'a number that is no string', condition: 'v = :v', before: { S: '10' }, asked: N10 },
  { rule: 'numbers by value, not by their digits', condition: 'v < :v', before: { N: '9' }, asked: N10 },
  { rule: 'strings by their digits, not by value', condition: 'v < :v', before: { S: '9' }, asked: { S: '10' } },
  { rule: 'what is not there is neither smaller nor greater', condition: 'v < :v OR v >= :v', asked: N10 },
  { rule: 'AND before OR', condition: `${EXISTS} OR ${NO} AND ${NO}`, before: N10 },
  { rule: 'brackets before both', condition: `(${EXISTS} OR ${NO}) AND NOT v = :v`, before: N10, asked: N10 },
])('both agree on $rule', async ({ condition, before, asked }) => {
  const Key = { pk: { S: `F#${randomUUID()}` }, sk: { S: 'fake' } }
  const common = {
    TableName: table,
    ConditionExpression: condition,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ...(asked && { ExpressionAttributeValues: { ':v': asked } }),
  }
  const resultsOn = async (dynamodb: DynamoDBCall) => {
    const result = async (write: Promise<unknown>) => {
      const outcome = await outcomeOf(write)
      const { Item } = await dynamodb('GetItem', { TableName: table, Key, ConsistentRead: true })
      if ('value' in outcome) return { Item }
      const { name, Item: refusedBy } = outcome.error as ConditionalCheckFailedException
      return { Item, name, refusedBy }
    }
    if (before) await dynamodb('PutItem', { TableName: table, Item: { ...Key, v: before } })
    const deleted = await result(dynamodb('DeleteItem', { ...common, Key }))
    if (before) await dynamodb('PutItem', { TableName: table, Item: { ...Key, v: before } })
    const put = await result(dynamodb('PutItem', { ...common, Item: { ...Key, written: { BOOL: true } } }))
    return { deleted, put }
  }
  expect(await resultsOn(fakeTable().dynamodb)).toEqual(await resultsOn(real))
})

test('a value that no expression uses is refused by both', async () => {
  const input = {
    TableName: table,
    Key: { pk: { S: `F#${randomUUID()}` }, sk: { S: 'fake' } },
    UpdateExpression: 'REMOVE v',
    ExpressionAttributeValues: { ':v': { S: '1' } },
  }
  for (const dynamodb of [fakeTable().dynamodb, real]) {
    await expect(dynamodb('UpdateItem', input)).rejects.toMatchObject({ name: 'ValidationException' })
  }
})
