import { randomUUID } from 'node:crypto'
import { createDynamoDB } from '../../functions/shared/data/dynamodb.ts'
import type { Link } from '../../functions/url-shortener/link.ts'
import { createLinkStore, type LinkStore } from '../../functions/url-shortener/link-store.ts'
import { sdkConfig, tableName } from '../support/cloud.ts'

Object.assign(process.env, {
  AWS_ENDPOINT_URL: sdkConfig.endpoint,
  AWS_REGION: sdkConfig.region,
  AWS_ACCESS_KEY_ID: sdkConfig.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: sdkConfig.credentials.secretAccessKey,
})
const dynamodb = createDynamoDB({ now: Date.now, random: Math.random })
let table: string
let store: LinkStore

beforeAll(async () => {
  table = await tableName('UrlShortener')
  store = createLinkStore(dynamodb, table)
})

const aLink = (overrides: Partial<Link> = {}): Link => ({
  code: `store-${randomUUID()}`,
  url: 'https://example.com/',
  tenant: 'acme',
  createdBy: 'user-1',
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:04:05.678Z',
  version: randomUUID(),
  ...overrides,
})

test('a link is read back as it was stored, eventually and consistently', async () => {
  const link = aLink()
  expect(await store.insert(link)).toBe('inserted')
  expect(await store.read(link.code, { consistent: true })).toEqual(link)
  expect(await store.read(link.code, { consistent: false })).toEqual(link)
})

test('a code that was never given out has no link', async () => {
  expect(await store.read(`store-${randomUUID()}`, { consistent: true })).toBeUndefined()
})

test('a code is given out once: the second link is refused and the first stays', async () => {
  const first = aLink()
  const second = aLink({ code: first.code, url: 'https://example.org/', tenant: 'other' })
  await store.insert(first)
  expect(await store.insert(second)).toBe('taken')
  expect(await store.read(first.code, { consistent: true })).toEqual(first)
})

test('a link whose first answer was lost counts as inserted when it is sent again', async () => {
  const link = aLink()
  await store.insert(link)
  expect(await store.insert(link)).toBe('inserted')
})

test('of 50 parallel links with one code exactly one is inserted', async () => {
  const code = `store-${randomUUID()}`
  const links = Array.from({ length: 50 }, () => aLink({ code }))
  const results = await Promise.all(links.map((link) => store.insert(link)))
  expect(results.filter((result) => result === 'inserted')).toHaveLength(1)
  const winner = links[results.indexOf('inserted')]
  expect(await store.read(code, { consistent: true })).toEqual(winner)
})

test('a link is one item below 4 KB, the unit of a read', async () => {
  const link = aLink({ url: `https://example.com/${'x'.repeat(2028)}`, createdBy: 'u'.repeat(128) })
  await store.insert(link)
  const { ConsumedCapacity } = await dynamodb('GetItem', {
    TableName: table,
    Key: { pk: { S: `L#${link.code}` }, sk: { S: 'link' } },
    ReturnConsumedCapacity: 'TOTAL',
  })
  expect(ConsumedCapacity?.CapacityUnits).toBe(0.5)
})

test('a table that answers is pinged without a trace', async () => {
  await expect(store.ping()).resolves.toBeUndefined()
})

test('a missing table is a fault of ours: no 503 that asks to try again', async () => {
  const broken = createLinkStore(dynamodb, 'no-such-table')
  await expect(broken.read('abc', { consistent: false })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    status: 400,
  })
})
