import type { TransactWriteItem, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import { type Cancellation, isPassing, transact } from '../../../functions/shared/data/transact.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../support/fake-dynamodb.ts'

const { signal } = new AbortController()
const put = (pk: string): TransactWriteItem => ({ Put: { TableName: 'notes', Item: { pk: { S: pk } } } })

/** A client that fails so, or answers; and what it was sent. */
function client(failure?: Error) {
  const sent: { input: TransactWriteItemsInput; options: object | undefined }[] = []
  const call = async (_operation: string, input: TransactWriteItemsInput, options?: object) => {
    sent.push({ input, options })
    if (failure) throw failure
    return {}
  }
  return { sent, dynamodb: clientOf(call as unknown as DynamoDBCall) }
}

const cancelledFor = (...CancellationReasons: object[]) =>
  refusal('TransactionCanceledException', { CancellationReasons })

test('all items are sent in one request, with the token, and each requests the existing item in case its condition fails', async () => {
  const { dynamodb, sent } = client()
  const items = [
    put('a'),
    { Update: { TableName: 'notes', Key: { pk: { S: 'b' } }, UpdateExpression: 'SET x = y' } },
    { Delete: { TableName: 'notes', Key: { pk: { S: 'c' } } } },
    { ConditionCheck: { TableName: 'notes', Key: { pk: { S: 'd' } }, ConditionExpression: 'x = y' } },
  ]
  expect(await transact(dynamodb, { items, token: 'one' }, { signal, once: true })).toEqual({ outcome: 'written' })
  const TransactItems = items.map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([kind, write]) => [kind, { ...write, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }]),
    ),
  )
  expect(sent).toEqual([{ input: { TransactItems, ClientRequestToken: 'one' }, options: { signal, once: true } }])
})

const KNOWN: [object, Cancellation][] = [
  [{ Code: 'None' }, { reason: 'none' }],
  [
    { Code: 'ConditionalCheckFailed', Item: { n: { N: '1' } } },
    { reason: 'condition', item: { n: { N: '1' } } },
  ],
  [{ Code: 'ConditionalCheckFailed' }, { reason: 'condition', item: undefined }],
  [{ Code: 'TransactionConflict' }, { reason: 'conflict' }],
  [{ Code: 'ThrottlingError' }, { reason: 'throttled' }],
  [{ Code: 'ProvisionedThroughputExceeded' }, { reason: 'throttled' }],
]

test('a cancelled transaction has a reason for each item, in their order', async () => {
  const { dynamodb } = client(cancelledFor(...KNOWN.map(([reason]) => reason)))
  const items = KNOWN.map((_, index) => put(`item-${index}`))
  expect(await transact(dynamodb, { items }, { signal })).toEqual({
    outcome: 'cancelled',
    items: KNOWN.map(([, cancellation]) => cancellation),
  })
})

test('a conflict and throttling are transient, a failed condition is not', () => {
  expect(KNOWN.map(([, cancellation]) => isPassing(cancellation))).toEqual([false, false, false, true, true, true])
})

test.each([
  ['an item that is too large', cancelledFor({ Code: 'None' }, { Code: 'ItemCollectionSizeLimitExceeded' })],
  ['an item that is wrong', cancelledFor({ Code: 'ValidationError' }, { Code: 'ConditionalCheckFailed' })],
  ['a cancellation without reasons', refusal('TransactionCanceledException')],
  ['a cancellation with fewer reasons than items', cancelledFor({ Code: 'TransactionConflict' })],
  ['another refusal', refusal('ValidationException', { CancellationReasons: [{ Code: 'None' }, { Code: 'None' }] })],
  ['a lost answer', new AppError('timed-out', 'lost', { retryable: true })],
])('%s is thrown unchanged: no retry would change the outcome, or it is unknown', async (_, failure) => {
  const { dynamodb } = client(failure)
  await expect(transact(dynamodb, { items: [put('a'), put('b')] }, { signal })).rejects.toBe(failure)
})
