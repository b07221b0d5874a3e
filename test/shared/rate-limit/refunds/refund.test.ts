import { randomBytes } from 'node:crypto'
import { AwsError } from '../../../../functions/shared/aws/aws-error.ts'
import type { DynamoDB } from '../../../../functions/shared/data/dynamodb.ts'
import type { Charge } from '../../../../functions/shared/rate-limit/policy.ts'
import { createRefund } from '../../../../functions/shared/rate-limit/refunds/refund.ts'
import { fakeClock } from '../../../support/fake-clock.ts'
import { transientError } from '../../resilience/operations.ts'
import { memoryTable } from '../support/memory-table.ts'

const START = 1_000_000
const { signal } = new AbortController()

function refunds(wrap: (dynamodb: DynamoDB) => DynamoDB = (dynamodb) => dynamodb) {
  const clock = fakeClock(START)
  const table = memoryTable()
  const refund = createRefund({
    dynamodb: wrap(table.dynamodb),
    tableName: 'limits',
    now: clock.now,
    randomBytes,
    random: () => 0.5,
    startTimer: clock.startTimer,
  })
  const count = async (subject: string, used: number): Promise<void> => {
    await table.dynamodb('UpdateItem', {
      TableName: 'limits',
      Key: { pk: { S: `Q#writes#${subject}` }, sk: { S: 'quota' } },
      UpdateExpression: 'ADD m_1 :used',
      ExpressionAttributeValues: { ':used': { N: String(used) } },
    })
  }
  const used = (subject: string) => Number(table.item(`Q#writes#${subject}`, 'quota')?.m_1?.N)
  return { clock, table, refund, count, used }
}
const chargeOf = (subject: string, until = START + 60_000): Charge => {
  return { pk: `Q#writes#${subject}`, sk: 'quota', attribute: 'm_1', cost: 2, until }
}
const DECISION = { nonce: 'BwcHBwcHBwcHBwcH', charges: [chargeOf('user')] }

test('a refund gives back the cost, once', async () => {
  const { refund, count, used } = refunds()
  await count('user', 5)
  expect(await refund(DECISION, signal)).toBe(2)
  expect(await refund(DECISION, signal)).toBe(0)
  expect(used('user')).toBe(3)
})

test('what was added is taken away, where that is not the cost', async () => {
  const { refund, count, used } = refunds()
  await count('user', 700)
  expect(await refund({ nonce: 'n', charges: [{ ...chargeOf('user'), amount: '600' }] }, signal)).toBe(2)
  expect(await refund({ nonce: 'o', charges: [{ ...chargeOf('user'), amount: '600' }] }, signal)).toBe(0)
  expect(used('user')).toBe(100)
})

test('each decision is refunded for itself', async () => {
  const { refund, count, used } = refunds()
  await count('user', 5)
  expect(await refund(DECISION, signal)).toBe(2)
  expect(await refund({ ...DECISION, nonce: 'another' }, signal)).toBe(2)
  expect(used('user')).toBe(1)
})

test('when its window is over, or nothing was charged, there is nothing to give back', async () => {
  const { clock, refund, count, used } = refunds()
  await count('user', 5)
  expect(await refund({ ...DECISION, charges: [] }, signal)).toBe(0)
  await clock.advance(60_000)
  expect(await refund(DECISION, signal)).toBe(0)
  expect(used('user')).toBe(5)
})

test('a subject and its parent get theirs back together', async () => {
  const { refund, count, used } = refunds()
  await count('user', 5)
  await count('org', 9)
  const decision = { nonce: 'n', charges: [chargeOf('user'), chargeOf('org')] }
  expect(await refund(decision, signal)).toBe(2)
  expect(await refund(decision, signal)).toBe(0)
  expect([used('user'), used('org')]).toEqual([3, 7])
})

test('of two windows the one that is not over gets its own back', async () => {
  const { clock, refund, count, used } = refunds()
  await count('user', 5)
  await count('org', 9)
  await clock.advance(60_000)
  const charges = [chargeOf('user'), chargeOf('org', START + 3_600_000)]
  expect(await refund({ nonce: 'n', charges }, signal)).toBe(2)
  expect([used('user'), used('org')]).toEqual([5, 7])
})

test('a counter that was reset never goes below zero, and keeps nobody else from theirs', async () => {
  const { refund, count, used } = refunds()
  await count('user', 1)
  expect(await refund(DECISION, signal)).toBe(0)
  expect(used('user')).toBe(1)
  await count('org', 9)
  const charges = [chargeOf('user'), chargeOf('org'), chargeOf('nobody')]
  expect(await refund({ nonce: 'n', charges }, signal)).toBe(2)
  expect([used('user'), used('org'), used('nobody')]).toEqual([1, 7, Number.NaN])
})

test('the record is kept a minute longer than the last window', async () => {
  const { refund, count, table } = refunds()
  await count('user', 5)
  await refund({ ...DECISION, charges: [chargeOf('user'), chargeOf('org', START + 90_500)] }, signal)
  expect(table.item('R#BwcHBwcHBwcHBwcH', 'refund')?.ttl).toEqual({ N: String(1_091 + 60) })
})

const conflict = () =>
  new AwsError(400, {
    __type: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  })

test('another transaction in its way costs a pause', async () => {
  let conflicts = 2
  const { clock, refund, count, used } = refunds((dynamodb) => async (operation, input, options) => {
    if (operation === 'TransactWriteItems' && conflicts-- > 0) throw conflict()
    return dynamodb(operation, input, options)
  })
  await count('user', 5)
  const refunded = refund(DECISION, signal)
  await clock.advance(49)
  expect(used('user')).toBe(5)
  await clock.advance(1)
  expect(await refunded).toBe(2)
  expect(used('user')).toBe(3)
})

test('who is always in its way makes it fail, so that it is asked again', async () => {
  let tries = 0
  const { clock, refund } = refunds(() => async () => {
    tries += 1
    throw conflict()
  })
  const refunded = refund(DECISION, signal)
  const failed = expect(refunded).rejects.toMatchObject({ code: 'conflict', retryable: true })
  await clock.advance(1000)
  await failed
  expect(tries).toBe(5)
  expect(clock.pendingTimers()).toBe(0)
})

test('the deadline reaches the call', async () => {
  const signals: unknown[] = []
  const { refund, count } = refunds((dynamodb) => async (operation, input, options) => {
    signals.push(options?.signal)
    return dynamodb(operation, input, options)
  })
  await count('user', 5)
  await refund(DECISION, signal)
  expect(signals).toEqual([signal])
})

test('the deadline ends the pause', async () => {
  const deadline = new AbortController()
  const { clock, refund } = refunds(() => async () => Promise.reject(conflict()))
  const refunded = refund(DECISION, deadline.signal)
  const failed = expect(refunded).rejects.toThrow('too late')
  await clock.advance(1)
  deadline.abort(new Error('too late'))
  await failed
  expect(clock.pendingTimers()).toBe(0)
})

test.each([
  ['a failure', transientError()],
  ['a refusal', new AwsError(400, { __type: 'ValidationException' })],
])('%s of DynamoDB is thrown', async (_, error) => {
  const { refund } = refunds(() => async () => Promise.reject(error))
  await expect(refund(DECISION, signal)).rejects.toBe(error)
})
