import { type Begin, createIdempotencyStore } from '../../../functions/shared/data/idempotency-store.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../support/fake-dynamodb.ts'
import { fakeTable } from './idempotency/fake-table.ts'

// The items and requests of the store, on a table in memory. What several requests may do to each other is in
// idempotency/idempotency-interleavings.test.ts, and on DynamoDB itself in idempotency-store.store.test.ts.

const { signal } = new AbortController()
const NOW = 1_000
const LEASE_UNTIL = 12_000
const KEPT_UNTIL = 86_401_001
const ANSWER = { status: 201, headers: { etag: '"v1"' }, body: '{"code":"abc"}' }
const FIRST: Begin = {
  id: 'acme#hash',
  attemptId: 'first',
  operationId: 'operation',
  fingerprint: 'body',
  now: NOW,
  leaseUntil: LEASE_UNTIL,
  keptUntil: KEPT_UNTIL,
}
const ITEM = {
  pk: { S: 'I#acme#hash' },
  sk: { S: 'idempotency' },
  attemptId: { S: 'first' },
  operationId: { S: 'operation' },
  fingerprint: { S: 'body' },
  leaseUntil: { N: '12000' },
  keptUntil: { N: '86401001' },
  ttl: { N: '86402' },
}

/** A store whose requests are recorded; `call` stands for DynamoDB. */
function world(call?: () => Promise<object>) {
  const table = fakeTable()
  const requests: { operation: string; tableName: string | undefined; options: object | undefined }[] = []
  const recorded = (async (operation: 'GetItem', input: { TableName: string; Key: object }, options?: object) => {
    requests.push({ operation, tableName: input.TableName, options })
    return call ? call() : table.dynamodb(operation, input as never)
  }) as unknown as DynamoDBCall
  const store = createIdempotencyStore({ client: clientOf(recorded), tableName: 'things' })
  const begin = (changes: Partial<Begin> = {}) => store.begin({ ...FIRST, ...changes }, signal)
  const beginAnother = (changes: Partial<Begin> = {}) =>
    begin({ attemptId: 'second', operationId: 'another', leaseUntil: 999_000, keptUntil: 999_000_000, ...changes })
  return { store, begin, beginAnother, requests, items: table.items }
}

const started = (attemptId: string, operationId: string) => ({
  outcome: 'started',
  operationId,
  attempt: { id: FIRST.id, attemptId },
})

test('an operation that begins is an item that expires when it is no longer kept, in whole seconds', async () => {
  const { begin, items } = world()
  expect(await begin()).toEqual(started('first', 'operation'))
  expect(items()).toEqual([ITEM])
})

test('every request goes to the table, within the deadline of its caller', async () => {
  const { begin, beginAnother, store, requests } = world()
  await begin()
  await store.complete(FIRST, ANSWER, signal)
  await store.release(FIRST, signal)
  await beginAnother({ now: KEPT_UNTIL })
  const operations = ['UpdateItem', 'UpdateItem', 'UpdateItem', 'UpdateItem', 'DeleteItem', 'UpdateItem']
  expect(requests).toEqual(operations.map((operation) => ({ operation, tableName: 'things', options: { signal } })))
})

test('an attempt whose response was lost began the operation', async () => {
  const { begin } = world()
  await begin()
  expect(await begin()).toEqual(started('first', 'operation'))
})

test('another attempt waits until the lease ends, and then takes over under the same id', async () => {
  const { begin, beginAnother, items } = world()
  await begin()
  expect(await beginAnother({ now: LEASE_UNTIL - 1 })).toEqual({ outcome: 'running', leaseUntil: LEASE_UNTIL })
  expect(items()).toEqual([ITEM])
  expect(await beginAnother({ now: LEASE_UNTIL })).toEqual(started('second', 'operation'))
})

test('another body is refused while the operation runs, after its lease, and after its response', async () => {
  const { begin, beginAnother, store } = world()
  await begin()
  expect(await beginAnother({ fingerprint: 'other' })).toEqual({ outcome: 'reused' })
  expect(await beginAnother({ fingerprint: 'other', now: LEASE_UNTIL })).toEqual({ outcome: 'reused' })
  await store.complete(FIRST, ANSWER, signal)
  expect(await beginAnother({ fingerprint: 'other' })).toEqual({ outcome: 'reused' })
})

test('a response takes the place of the lease, and is returned until it is no longer kept', async () => {
  const { begin, beginAnother, store, items } = world()
  await begin()
  await store.complete(FIRST, ANSWER, signal)
  const { leaseUntil: _, ...kept } = ITEM
  expect(items()).toEqual([{ ...kept, answer: { S: JSON.stringify(ANSWER) } }])
  expect(await beginAnother({ now: KEPT_UNTIL - 1 })).toEqual({ outcome: 'answered', answer: ANSWER })
  expect(await beginAnother({ now: KEPT_UNTIL })).toEqual(started('second', 'another'))
})

test('an operation without a response is a new one when it is no longer kept', async () => {
  const { begin, beginAnother } = world()
  await begin()
  expect(await beginAnother({ now: KEPT_UNTIL })).toEqual(started('second', 'another'))
})

test('a released operation is taken over at once, under the same id', async () => {
  const { begin, beginAnother, store, items } = world()
  await begin()
  await store.release(FIRST, signal)
  expect(items()).toEqual([{ ...ITEM, leaseUntil: { N: '0' } }])
  expect(await beginAnother()).toEqual(started('second', 'operation'))
})

test('an attempt that was taken over neither completes nor releases the operation', async () => {
  const { begin, beginAnother, store, items } = world()
  await begin()
  await beginAnother({ now: LEASE_UNTIL })
  const before = items()
  await store.complete(FIRST, ANSWER, signal)
  await store.release(FIRST, signal)
  expect(items()).toEqual(before)
})

test('an expired operation that others keep replacing is a conflict after three attempts', async () => {
  const { begin, requests } = world(async () => {
    throw refusal('ConditionalCheckFailedException')
  })
  await expect(begin()).rejects.toMatchObject({
    code: 'conflict',
    message: 'An expired operation could not be replaced',
    retryable: true,
  })
  expect(requests.map(({ operation }) => operation)).toEqual([
    'UpdateItem',
    'DeleteItem',
    'UpdateItem',
    'DeleteItem',
    'UpdateItem',
  ])
})

test('an expired operation that another request has replaced is what the attempt then meets', async () => {
  const found = [{ ...ITEM, keptUntil: { N: String(NOW) } }, undefined, ITEM]
  const { beginAnother } = world(async () => {
    const Item = found.shift()
    throw refusal('ConditionalCheckFailedException', { Item })
  })
  expect(await beginAnother()).toEqual({ outcome: 'running', leaseUntil: LEASE_UNTIL })
})
