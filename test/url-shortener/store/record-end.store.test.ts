import { randomUUID } from 'node:crypto'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import { linkEventContent } from '../../../functions/url-shortener/store/event-content.ts'
import { toItem, toLink } from '../../../functions/url-shortener/store/items.ts'
import { keyOf } from '../../../functions/url-shortener/store/keys.ts'
import { createRecordEnd } from '../../../functions/url-shortener/store/record-end.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { aLink, CAUSE } from '../a-link.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const { signal } = new AbortController()
const NOW = Date.parse('2026-05-06T07:08:09.000Z')
const EXPIRED = '2026-05-06T07:00:00.000Z'
let table: string

beforeAll(async () => {
  table = await ownTable('UrlShortener')
})

const recordEnd = () =>
  createRecordEnd({ client: dynamodb, tableName: table, newOperationId: randomUUID, now: () => NOW })
const stored = async (link: Partial<Link> = {}) => {
  const made = aLink({ code: `end-${randomUUID()}`, version: randomUUID(), expiresAt: EXPIRED, maxClicks: 5, ...link })
  await dynamodb.send(
    new PutItemCommand({ TableName: table, Item: { ...toItem(made), event: { M: {} }, sequence: { N: '1' } } }),
  )
  return made
}
const itemOf = async (code: string) =>
  (await dynamodb.send(new GetItemCommand({ TableName: table, Key: keyOf(code), ConsistentRead: true }))).Item ?? {}

test.each([
  ['expired' as const, { expiresAt: EXPIRED }],
  ['exhausted' as const, { maxClicks: 5 }],
])('a link whose end is recorded as %s keeps its ETag, and has the event’s outbox entry', async (end, data) => {
  const link = await stored()
  expect(await recordEnd()({ ...link, end, cause: CAUSE }, signal)).toBe('recorded')
  const item = await itemOf(link.code)
  expect(toLink(item)).toEqual({ ...link, ended: end })
  const type = `url-shortener.link.${end}`
  const entry = { operationId: expect.any(String), type, time: '2026-05-06T07:08:09.000Z', ...CAUSE }
  expect(readEntry(item)).toEqual({ entry, sequence: 2 })
  expect(linkEventContent(item, type)).toEqual({ schemaVersion: 1, tenant: 'acme', subject: link.code, data })
})

test('a link whose end was recorded leaves the index of ends', async () => {
  const link = await stored()
  expect(await itemOf(link.code)).toHaveProperty('endPk')
  await recordEnd()({ ...link, end: 'expired', cause: CAUSE }, signal)
  const item = await itemOf(link.code)
  expect([item.endPk, item.endSk]).toEqual([undefined, undefined])
})

/** @proves url-shortener/ends-once */
test('of many concurrent calls one records the end, and there is one event', async () => {
  const link = await stored()
  const ends = ['expired', 'exhausted', 'expired', 'exhausted', 'expired'] as const
  const outcomes = await Promise.all(ends.map((end) => recordEnd()({ ...link, end, cause: CAUSE }, signal)))
  expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1)
  const item = await itemOf(link.code)
  expect(item.ended?.S).toBe(ends[outcomes.indexOf('recorded')])
  expect(item.sequence).toEqual({ N: '2' })
})

test('a link that was changed since it was read stays unchanged', async () => {
  const link = await stored()
  const before = await itemOf(link.code)
  expect(await recordEnd()({ ...link, version: 'older', end: 'expired', cause: CAUSE }, signal)).toBe('skipped')
  expect(await itemOf(link.code)).toEqual(before)
})

test('a deleted link stays deleted, and a missing one is not created', async () => {
  const link = await stored()
  const tombstone = { ...keyOf(link.code), deletedAt: { S: EXPIRED }, version: { S: link.version } }
  await dynamodb.send(new PutItemCommand({ TableName: table, Item: tombstone }))
  for (const code of [link.code, `none-${randomUUID()}`]) {
    expect(await recordEnd()({ ...link, code, end: 'expired', cause: CAUSE }, signal)).toBe('skipped')
  }
  expect(await itemOf(link.code)).toEqual(tombstone)
})
