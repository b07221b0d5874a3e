import type { TransactWriteItem, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../../../functions/shared/aws/aws-error.ts'
import type { DynamoDB } from '../../../functions/shared/data/dynamodb.ts'
import { createInbox } from '../../../functions/shared/events/inbox.ts'
import { atOnce, unavailable } from './faults.ts'
import { cancelled, dynamodbOn, transactionsModel } from './transactions-model.ts'

const { signal } = new AbortController()
const NOW = Date.UTC(2026, 2, 12)

/** An inbox on a table whose calls meet these errors first, before or after they are done. */
function inboxOn({ before = [], after = [] }: { before?: unknown[]; after?: unknown[] } = {}) {
  const model = transactionsModel()
  const inputs: TransactWriteItemsInput[] = []
  const client = dynamodbOn(model, async (effect) => {
    if (before.length > 0) throw before.shift()
    const result = effect()
    if (after.length > 0) throw after.shift()
    return result
  })
  const dynamodb = ((operation, input, options) => {
    inputs.push(input as TransactWriteItemsInput)
    return client(operation, input, options)
  }) as DynamoDB
  let bytes = 0
  const randomBytes = (count: number) => new Uint8Array(count).fill(++bytes)
  const options = { dynamodb, tableName: 'orders', now: () => NOW, random: () => 0, randomBytes, startTimer: atOnce }
  const inbox = createInbox({ ...options, consumer: 'count-orders' })
  return { model, inputs, inbox, other: createInbox({ ...options, consumer: 'send-mail' }) }
}

const count = (max?: number): TransactWriteItem => ({
  Update: {
    TableName: 'orders',
    Key: { pk: { S: 'total' } },
    UpdateExpression: 'ADD #count :by',
    ...(max !== undefined && { ConditionExpression: '#count < :max' }),
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':by': { N: '1' }, ...(max !== undefined && { ':max': { N: String(max) } }) },
  },
})
const conflict = () => cancelled([{ Code: 'None' }, { Code: 'TransactionConflict' }])

test('the effect and its record are one transaction, and the record goes after a week', async () => {
  const { model, inputs, inbox } = inboxOn()
  expect(await inbox.once('event-1', [count()], signal)).toEqual({ outcome: 'done' })
  expect(inputs).toHaveLength(1)
  expect([...model.items.values()]).toEqual([
    { pk: { S: 'X#count-orders#event-1' }, sk: { S: 'inbox' }, ttl: { N: String(NOW / 1000 + 604_800) } },
    { pk: { S: 'total' }, count: { N: '1' } },
  ])
})

test('a second time there is no effect', async () => {
  const { model, inbox } = inboxOn()
  await inbox.once('event-1', [count()], signal)
  expect(await inbox.once('event-1', [count()], signal)).toEqual({ outcome: 'repeated' })
  expect(model.items.get('total')).toMatchObject({ count: { N: '1' } })
})

test('each consumer has its own effect of an event', async () => {
  const { model, inbox, other } = inboxOn()
  await inbox.once('event-1', [count()], signal)
  expect(await other.once('event-1', [count()], signal)).toEqual({ outcome: 'done' })
  expect(model.items.get('total')).toMatchObject({ count: { N: '2' } })
})

test('a condition of the effect that fails is an outcome with the item, and leaves no record', async () => {
  const { model, inbox } = inboxOn()
  await inbox.once('event-1', [count(1)], signal)
  expect(await inbox.once('event-2', [count(), count(1)], signal)).toEqual({
    outcome: 'refused',
    index: 1,
    item: { pk: { S: 'total' }, count: { N: '1' } },
  })
  expect(model.items.has('X#count-orders#event-2')).toBe(false)
})

test('what was done before is repeated, even where its condition fails by now', async () => {
  const { inbox } = inboxOn()
  await inbox.once('event-1', [count(1)], signal)
  expect(await inbox.once('event-1', [count(1)], signal)).toEqual({ outcome: 'repeated' })
})

test.each([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])('what gets in the way (%s) is tried again, as another transaction', async (Code) => {
  const { inputs, inbox } = inboxOn({ before: [cancelled([{ Code }, { Code: 'None' }]), conflict()] })
  expect(await inbox.once('event-1', [count()], signal)).toEqual({ outcome: 'done' })
  expect(new Set(inputs.map(({ ClientRequestToken }) => ClientRequestToken)).size).toBe(3)
})

test('a conflict beside a failed condition decides nothing yet', async () => {
  const { inbox } = inboxOn({
    before: [cancelled([{ Code: 'TransactionConflict' }, { Code: 'ConditionalCheckFailed' }])],
  })
  expect(await inbox.once('event-1', [count()], signal)).toEqual({ outcome: 'done' })
})

test('conflicts without end are an error that may pass, after five tries', async () => {
  const { inputs, inbox } = inboxOn({ before: Array.from({ length: 9 }, conflict) })
  await expect(inbox.once('event-1', [count()], signal)).rejects.toMatchObject({ code: 'conflict', retryable: true })
  expect(inputs).toHaveLength(5)
})

test('it tries no failure again that the client tried', async () => {
  const { inputs, inbox } = inboxOn({ before: [unavailable()] })
  await expect(inbox.once('event-1', [count()], signal)).rejects.toMatchObject({ code: 'dependency-failed' })
  expect(inputs).toHaveLength(1)
})

test.each([
  ['another refusal', new AwsError(400, { __type: 'ValidationException' })],
  ['a cancellation for another reason', cancelled([{ Code: 'None' }, { Code: 'ValidationError' }])],
  ['a cancellation without reasons', new AwsError(400, { __type: 'TransactionCanceledException' })],
])('%s is thrown as it is', async (_, error) => {
  const { inbox } = inboxOn({ before: [error] })
  await expect(inbox.once('event-1', [count()], signal)).rejects.toBe(error)
})

test('a token lets the client repeat a call whose answer was lost; it has 36 characters at most', async () => {
  const { model, inputs, inbox } = inboxOn()
  await inbox.once('event-1', [count()], signal)
  const [input = { TransactItems: [] }] = inputs
  expect(input.ClientRequestToken).toMatch(/^[\w-]{24}$/)
  expect(model.write(input)).toEqual({})
  expect(model.items.get('total')).toMatchObject({ count: { N: '1' } })
})

test('what is aborted is not begun', async () => {
  const { inputs, inbox } = inboxOn()
  await expect(inbox.once('event-1', [count()], AbortSignal.abort(new Error('over')))).rejects.toThrow('over')
  expect(inputs).toEqual([])
})
