import type { BatchGetItemInput } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { type BatchGetOptions, createBatchGet } from '../../../functions/shared/data/batch-get.ts'
import type { Item } from '../../../functions/shared/data/table.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { clientOf, type DynamoDBCall, fakeClient } from '../../support/fake-dynamodb.ts'

const { signal } = new AbortController()
const keysOf = (count: number): Item[] => Array.from({ length: count }, (_, index) => ({ pk: { S: `key-${index}` } }))
const LONGEST_PAUSE = { random: () => 0.999 }

/** A table that has every item, and reads as many of a request as `read` says. */
function world(read: (asked: number) => number = (asked) => asked, options: Partial<BatchGetOptions> = {}) {
  const clock = fakeClock(0)
  const requests: { at: number; asked: number; consistent: boolean | undefined }[] = []
  const dynamodb = (async (_operation: 'BatchGetItem', { RequestItems }: BatchGetItemInput) => {
    const { Keys = [], ConsistentRead: consistent } = RequestItems?.notes ?? {}
    requests.push({ at: Math.round(clock.now()), asked: Keys.length, consistent })
    const count = read(Keys.length)
    return {
      Responses: { notes: Keys.slice(0, count) },
      UnprocessedKeys: count < Keys.length ? { notes: { Keys: Keys.slice(count) } } : {},
    }
  }) as unknown as DynamoDBCall
  const batchGet = createBatchGet({
    ...{ client: clientOf(dynamodb), tableName: 'notes', random: () => 0, startTimer: clock.startTimer },
    ...options,
  })
  const run = async (count: number, consistent = true) => {
    const answer = batchGet(keysOf(count), { consistent, signal }).catch((error: unknown) => error)
    await clock.advance(10_000)
    return answer
  }
  return { run, requests }
}

test('no keys cost no request', async () => {
  const { run, requests } = world()
  expect([await run(0), requests]).toEqual([[], []])
})

test.each([true, false])('any number is read in requests of a hundred, as consistently as asked: %s', async (asked) => {
  const { run, requests } = world()
  expect(await run(201, asked)).toEqual(keysOf(201))
  expect(requests.map((request) => request.asked)).toEqual([100, 100, 1])
  expect(new Set(requests.map(({ consistent }) => consistent))).toEqual(new Set([asked]))
})

test('only unprocessed keys are retried, after pauses that double', async () => {
  const { run, requests } = world((asked) => Math.ceil(asked / 2), LONGEST_PAUSE)
  expect(await run(9)).toEqual(keysOf(9))
  expect(requests.map(({ asked, at }) => [asked, at])).toEqual([
    [9, 0],
    [4, 50],
    [2, 150],
    [1, 350],
  ])
})

test('keys that stay unprocessed after five attempts are a retryable error, and never missing items', async () => {
  const { run, requests } = world(() => 0)
  expect(await run(2)).toMatchObject({
    code: 'rate-limited',
    message: 'DynamoDB left items unread',
    retryable: true,
  })
  expect(requests).toHaveLength(5)
})

test('the parts that a response leaves out are empty', async () => {
  const dynamodb = (async () => ({})) as unknown as DynamoDBCall
  expect(await world(undefined, { client: clientOf(dynamodb) }).run(1)).toEqual([])
})

test('the deadline of the caller reaches each request', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const client = fakeClient<DynamoDB>(async (_operation, _input, options) => {
    signals.push(options?.signal)
    return {}
  })
  const deadline = new AbortController()
  const batchGet = createBatchGet({ client, tableName: 'notes', random: () => 0 })
  await batchGet(keysOf(101), { consistent: true, signal: deadline.signal })
  deadline.abort()
  expect(signals.map((one) => one?.aborted)).toEqual([true, true])
})

test('other failures are not retried: the client did that', async () => {
  let calls = 0
  const failure = new AppError('dependency-failed', 'down', { retryable: true })
  const dynamodb = (async () => {
    calls += 1
    throw failure
  }) as unknown as DynamoDBCall
  expect(await world(undefined, { client: clientOf(dynamodb) }).run(1)).toBe(failure)
  expect(calls).toBe(1)
})
