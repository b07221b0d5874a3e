import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../../functions/shared/data/table.ts'
import { createBlockStore } from '../../../functions/url-shortener/store/blocks.ts'
import { createReportStore } from '../../../functions/url-shortener/store/reports.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../support/fake-dynamodb.ts'
import { CAUSE } from '../a-link.ts'

const { signal } = new AbortController()
const LINK: Item = { tenant: { S: 'acme' }, sequence: { N: '1' } }
const BLOCK = { operationId: 'operation-1', reason: 'Spam.', blockedAt: 'now', blockedBy: 'admin-1', cause: CAUSE }
const REPORT = {
  operationId: 'operation-1',
  code: 'abc',
  reason: 'Spam.',
  reportedAt: 'now',
  expiresAt: 1,
  cause: CAUSE,
}

const cancelled = (...codes: string[]) =>
  refusal('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) })
const CHANGED = cancelled('ConditionalCheckFailed', 'None')

/** Creates stores over a table that returns `items` in turn, and whose transactions fail with these errors in turn. */
function tableOf(items: (Item | undefined)[], ...failures: Error[]) {
  const calls: string[] = []
  const writes: TransactWriteItem[][] = []
  const tokens: unknown[] = []
  let reads = 0
  const dynamodb = (async (operation: string, input: Record<string, unknown>) => {
    calls.push(operation)
    if (operation === 'GetItem') return { Item: items[Math.min(reads++, items.length - 1)] }
    writes.push(input.TransactItems as TransactWriteItem[])
    tokens.push(input.ClientRequestToken)
    const failure = failures.shift()
    if (failure) throw failure
    return {}
  }) as unknown as DynamoDBCall
  let made = 0
  const startTimer = (fire: () => void) => {
    queueMicrotask(fire)
    return () => {}
  }
  const options = {
    client: clientOf(dynamodb),
    tableName: 'links',
    random: () => 0.5,
    newToken: () => `token-${made++}`,
    startTimer,
  }
  return { options, calls, writes, tokens }
}

test('a link that changed between the read and the write is read and planned again, as another transaction', async () => {
  const { options, writes, tokens } = tableOf([LINK, { ...LINK, sequence: { N: '7' } }], CHANGED)
  expect(await createBlockStore(options).block({ tenant: 'acme', code: 'abc' }, BLOCK, signal)).toBe('blocked')
  expect(writes.map(([, put]) => put?.Put?.Item?.sequence)).toEqual([{ N: '2' }, { N: '8' }])
  expect(writes.map(([update]) => update?.Update?.ExpressionAttributeValues?.[':current'])).toEqual([
    { N: '1' },
    { N: '7' },
  ])
  expect(new Set(tokens).size).toBe(2)
})

test('a link that is deleted meanwhile is not found', async () => {
  const { options } = tableOf([LINK, { ...LINK, deletedAt: { S: 'now' } }], CHANGED)
  expect(await createBlockStore(options).block({ tenant: 'acme', code: 'abc' }, BLOCK, signal)).toBe('not-found')
})

test('a link that keeps changing is a conflict after five attempts, which the client may retry', async () => {
  const { options, writes } = tableOf([LINK], ...Array(9).fill(cancelled('TransactionConflict', 'None')))
  const blocked = createBlockStore(options).block({ tenant: 'acme', code: 'abc' }, BLOCK, signal)
  await expect(blocked).rejects.toMatchObject({ code: 'conflict', retryable: true })
  expect(writes).toHaveLength(5)
})

test('an invalid transaction is not retried', async () => {
  const { options, writes } = tableOf([LINK], cancelled('ValidationError', 'None'))
  const blocked = createBlockStore(options).block({ tenant: 'acme', code: 'abc' }, BLOCK, signal)
  await expect(blocked).rejects.toMatchObject({ name: 'TransactionCanceledException' })
  expect(writes).toHaveLength(1)
})

test.each<[string, Item | undefined]>([
  ['no link', undefined],
  ['a deleted link', { ...LINK, deletedAt: { S: 'now' } }],
])('a report of %s makes the same calls as one of a link, and its write can’t succeed', async (_, item) => {
  const known = tableOf([LINK])
  const unknown = tableOf([item], CHANGED)
  expect(await createReportStore(known.options)(REPORT, signal)).toBe('stored')
  expect(await createReportStore(unknown.options)(REPORT, signal)).toBe('unknown')
  expect(unknown.calls).toEqual(known.calls)
  const [update, put] = unknown.writes[0] ?? []
  expect(update?.Update).toMatchObject({
    ConditionExpression: '#sequence = :current',
    ExpressionAttributeValues: { ':current': { N: '-1' } },
  })
  expect(put).toHaveProperty('Put')
})
