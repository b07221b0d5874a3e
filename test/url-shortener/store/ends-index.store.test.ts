import { randomUUID } from 'node:crypto'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../../functions/shared/data/table.ts'
import type { CodesPage } from '../../../functions/url-shortener/ends/sweep-ends.ts'
import { createEndsIndex, type EndsIndexOptions } from '../../../functions/url-shortener/store/ends-index.ts'
import { capKeyOf, toItem } from '../../../functions/url-shortener/store/items.ts'
import { CAP, END_SHARDS, endShard, keyOf } from '../../../functions/url-shortener/store/keys.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { ownTable } from '../../support/own-table.ts'
import { aLink } from '../a-link.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const { signal } = new AbortController()
let table: string

beforeAll(async () => {
  table = await ownTable('UrlShortener')
})

const index = (more: Partial<EndsIndexOptions> = {}) =>
  createEndsIndex({ client: dynamodb, tableName: table, random: Math.random, ...more })
const put = (Item: Item) => dynamodb.send(new PutItemCommand({ TableName: table, Item }))
const capOf = async (code: string) =>
  (await dynamodb.send(new GetItemCommand({ TableName: table, Key: keyOf(code, CAP), ConsistentRead: true }))).Item

async function withExpiry(expiresAt: string, code = `sweep-${randomUUID()}`) {
  await put(toItem(aLink({ code, expiresAt })))
  return code
}
async function withCap(clicks: number, maxClicks: number | null, code = `sweep-${randomUUID()}`) {
  const cap = maxClicks === null ? {} : { maxClicks: { N: String(maxClicks) }, ...capKeyOf(code) }
  await put({ ...keyOf(code, CAP), code: { S: code }, clicks: { N: String(clicks) }, ...cap })
  return code
}

/** Lists all codes of a kind in all shards, with the shard of each. */
async function allOf(read: (shard: number, from: unknown) => Promise<CodesPage>) {
  const found = new Map<string, number>()
  const order: string[] = []
  for (let shard = 0; shard < END_SHARDS; shard += 1) {
    let from: unknown
    do {
      const { codes, next } = await read(shard, from)
      for (const code of codes) {
        found.set(code, shard)
        order.push(code)
      }
      from = next
    } while (from !== undefined)
  }
  return { found, order }
}

test('links are found from their last millisecond on, each in its shard, page by page, the oldest first', async () => {
  const [early, sharp, late] = ['2998-01-01T00:00:00.000Z', '2998-01-01T00:00:00.001Z', '2998-01-01T00:00:00.002Z']
  const codes = await Promise.all(Array.from({ length: 12 }, (_, i) => withExpiry([sharp, early, late][i % 3] ?? late)))
  const { expired } = index({ pageSize: 2 })
  const { found, order } = await allOf((shard, from) => expired({ shard, now: sharp, from }, signal))
  expect(codes.map((code) => found.get(code))).toEqual(
    codes.map((code, i) => (i % 3 === 2 ? undefined : endShard(code))),
  )
  for (const shard of new Set(found.values())) {
    const times = order.filter((code) => found.get(code) === shard).map((code) => codes.indexOf(code) % 3)
    // Codes of other tests are among them.
    const ours = times.filter((time) => time >= 0)
    expect(ours).toEqual([...ours].sort((a, b) => b - a))
  }
})

test('links with a cap are found by their codes, from any position on', async () => {
  const codes = await Promise.all(Array.from({ length: 6 }, () => withCap(0, 5)))
  const { capped } = index({ pageSize: 2 })
  const all = await allOf((shard, from) => capped({ shard, after: ' ', from }, signal))
  expect(codes.map((code) => all.found.get(code))).toEqual(codes.map(endShard))
  const [first = ''] = [...codes].sort()
  const rest = await allOf((shard, from) => capped({ shard, after: first, from }, signal))
  expect([...codes].sort().filter((code) => rest.found.has(code))).toEqual([...codes].sort().slice(1))
})

test('a counter is spent once it has reached its cap, or exceeds it', async () => {
  const codes = [await withCap(4, 5), await withCap(5, 5), await withCap(6, 5), await withCap(9, null), 'none']
  const spent = await index().spentCaps(codes, signal)
  expect(spent.sort((a, b) => codes.indexOf(a.code) - codes.indexOf(b.code))).toEqual([
    { code: codes[1], maxClicks: 5 },
    { code: codes[2], maxClicks: 5 },
  ])
})

test('a hundred counters are read in one request', async () => {
  const codes = await Promise.all(Array.from({ length: 100 }, () => withCap(1, 1)))
  expect(await index().spentCaps(codes, signal)).toHaveLength(100)
})

test('a counter leaves the index only if it still has this cap and has reached it', async () => {
  const [spent, raised, open, uncapped] = [
    await withCap(5, 5),
    await withCap(5, 6),
    await withCap(4, 5),
    await withCap(5, null),
  ]
  const before = await Promise.all([raised, open, uncapped].map(capOf))
  for (const code of [spent, raised, open, uncapped]) await index().forget({ code, maxClicks: 5 }, signal)
  expect(await capOf(spent)).toEqual({
    ...keyOf(spent, CAP),
    code: { S: spent },
    clicks: { N: '5' },
    maxClicks: { N: '5' },
  })
  expect(await Promise.all([raised, open, uncapped].map(capOf))).toEqual(before)
})

test('a deleted counter is not created again', async () => {
  const code = `none-${randomUUID()}`
  await index().forget({ code, maxClicks: 5 }, signal)
  expect(await capOf(code)).toBeUndefined()
})

test('a deleted link is not found', async () => {
  const code = await withExpiry('2998-01-01T00:00:00.000Z')
  expect(await index().readLink(code, signal)).toMatchObject({ code, expiresAt: '2998-01-01T00:00:00.000Z' })
  await put({ ...keyOf(code), deletedAt: { S: 'then' } })
  expect(await index().readLink(code, signal)).toBeUndefined()
  expect(await index().readLink(`none-${randomUUID()}`, signal)).toBeUndefined()
})

describe('counters that DynamoDB leaves unprocessed', () => {
  /** Reads one of the requested counters. */
  function stingy(table: string) {
    const asked: number[] = []
    const answer = ([first, ...rest]: Item[]) => {
      asked.push(rest.length + 1)
      const item = { ...first, clicks: { N: '1' }, maxClicks: { N: '1' } }
      return { Responses: { [table]: [item] }, UnprocessedKeys: rest.length > 0 ? { [table]: { Keys: rest } } : {} }
    }
    const call = (async (_operation: string, { RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) =>
      answer(RequestItems[table]?.Keys ?? [])) as unknown as DynamoDBCall
    return { client: clientOf(call), asked }
  }
  const run = async (codes: string[]) => {
    const clock = fakeClock()
    const { client, asked } = stingy('links')
    const options = { client, tableName: 'links', random: () => 0.5, startTimer: clock.startTimer }
    const reading = createEndsIndex(options)
      .spentCaps(codes, signal)
      .catch((error) => error)
    for (let i = 0; i < 10; i += 1) await clock.advance(1000)
    return { asked, answer: await reading }
  }

  test('are read again, and only they are', async () => {
    const { asked, answer } = await run(['a', 'b', 'c'])
    expect(asked).toEqual([3, 2, 1])
    expect(answer.map(({ code }: { code: string }) => code)).toEqual(['a', 'b', 'c'])
  })

  test('fail the page after five attempts', async () => {
    const { asked, answer } = await run(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(asked).toEqual([6, 5, 4, 3, 2])
    expect(answer).toMatchObject({ code: 'rate-limited', retryable: true })
  })
})
