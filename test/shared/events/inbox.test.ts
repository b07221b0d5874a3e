import type { TransactWriteItem, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import { createInbox } from '../../../functions/shared/events/inbox.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../support/fake-dynamodb.ts'
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
  }) as DynamoDBCall
  let bytes = 0
  const randomBytes = (count: number) => new Uint8Array(count).fill(++bytes)
  const options = {
    client: clientOf(dynamodb),
    tableName: 'orders',
    now: () => NOW,
    random: () => 0,
    randomBytes,
    startTimer: atOnce,
  }
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

test('an effect that was written before is repeated, even if its condition fails by now', async () => {
  const { inbox } = inboxOn()
  await inbox.once('event-1', [count(1)], signal)
  expect(await inbox.once('event-1', [count(1)], signal)).toEqual({ outcome: 'repeated' })
})

test.each([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])('a conflict (%s) is retried, as another transaction', async (Code) => {
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

test('repeated conflicts are a retryable error after five attempts', async () => {
  const { inputs, inbox } = inboxOn({ before: Array.from({ length: 9 }, conflict) })
  await expect(inbox.once('event-1', [count()], signal)).rejects.toMatchObject({ code: 'conflict', retryable: true })
  expect(inputs).toHaveLength(5)
})

test('it does not retry failures that the client retried', async () => {
  const { inputs, inbox } = inboxOn({ before: [unavailable()] })
  await expect(inbox.once('event-1', [count()], signal)).rejects.toMatchObject({ code: 'dependency-failed' })
  expect(inputs).toHaveLength(1)
})

test.each([
  ['another refusal', refusal('ValidationException')],
  ['a cancellation for another reason', cancelled([{ Code: 'None' }, { Code: 'ValidationError' }])],
  ['a cancellation without reasons', refusal('TransactionCanceledException')],
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

test('an aborted call is not begun', async () => {
  const { inputs, inbox } = inboxOn()
  await expect(inbox.once('event-1', [count()], AbortSignal.abort(new Error('over')))).rejects.toThrow('over')
  expect(inputs).toEqual([])
})
