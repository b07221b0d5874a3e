import { randomUUID } from 'node:crypto'
import { GetItemCommand, type PutItemInput, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { CallOptions } from '../../../functions/shared/aws/create-send.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { callOf, clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { CAUSE } from '../a-link.ts'
import { aChange, aRemoval, fullState, linkTable, newState } from './link-table.ts'

const { signal } = new AbortController()
const consistent = { consistent: true, signal }
let links: Awaited<ReturnType<typeof linkTable>>

beforeAll(async () => {
  links = await linkTable()
})

const ALL_FIELDS = {
  ...{ title: 'A title', tags: ['one', 'two'], redirect: 301 as const, cacheSeconds: 60, forwardQuery: true },
  ...{ startsAt: '2026-05-01T00:00:00.000Z', expiresAt: '2026-06-01T00:00:00.000Z', maxClicks: 5 },
  ...{ expiredUrl: 'https://e.example/', passwordHash: 'hash' },
  rules: [{ if: { country: 'DE', before: '2026-05-02T00:00:00.000Z' }, url: 'https://r.example/' }],
}

const KINDS: [string, () => ReturnType<typeof newState>][] = [
  ['a plain link', () => newState()],
  ['a link with a title and tags', () => newState({ title: 'A title', tags: ['one', 'two'] })],
  ['a link with all fields', () => fullState(ALL_FIELDS)],
  ['a link with a cap', () => fullState({ maxClicks: 1_000_000_000 })],
  ['a link with a password', () => fullState({ passwordHash: 'hash' })],
]

test.each(KINDS)('%s is read back as it was stored', async (_, make) => {
  const state = make()
  expect(await links.insert(state)).toEqual({ outcome: 'created', state })
  expect(await links.stateOf(state.link.code)).toEqual(state)
  expect(await links.store.read(state.link.code, { consistent: false, signal })).toEqual(state.link)
})

test('unused fields of a link are not written', async () => {
  const { link } = newState()
  await links.insert(newState(link))
  expect(Object.keys((await links.itemOf(link.code)) ?? {}).sort()).toEqual(
    [
      ...['pk', 'sk', 'listPk', 'listSk', 'code', 'url', 'tenant', 'createdBy', 'createdAt', 'updatedAt'],
      ...['version', 'firstVersion', 'event', 'sequence', 'changed', 'status'],
    ].sort(),
  )
  expect(await links.itemOf(link.code, 'details')).toBeUndefined()
  expect(await links.itemOf(link.code, 'cap')).toBeUndefined()
})

test('a link that expires, and one with a cap, are in the index of ends', async () => {
  const { link } = fullState({ expiresAt: '2026-06-01T00:00:00.000Z', maxClicks: 5 }, { code: `end-${randomUUID()}` })
  await links.insert(fullState({ expiresAt: '2026-06-01T00:00:00.000Z', maxClicks: 5 }, link))
  const { endPk, endSk } = (await links.itemOf(link.code)) ?? {}
  expect([endPk?.S, endSk?.S]).toEqual([expect.stringMatching(/^E#[0-7]$/), `2026-06-01T00:00:00.000Z#${link.code}`])
  const cap = await links.itemOf(link.code, 'cap')
  expect([cap?.endPk?.S, cap?.endSk?.S]).toEqual([endPk?.S?.replace('E', 'C'), link.code])
  const { Items = [] } = await links.dynamodb.send(
    new QueryCommand({
      TableName: links.table,
      IndexName: 'byEnd',
      KeyConditionExpression: 'endPk = :pk AND endSk = :sk',
      ExpressionAttributeValues: { ':pk': { S: endPk?.S ?? '' }, ':sk': { S: endSk?.S ?? '' } },
    }),
  )
  expect(Items.map((item) => Object.keys(item).sort())).toEqual([['endPk', 'endSk', 'pk', 'sk']])
})

test.each(
  KINDS,
)('%s, whose first answer was lost, is found when it is sent again, as it was stored', async (_, make) => {
  const state = make()
  await links.insert(state)
  const again = { ...state, link: { ...state.link, createdAt: '2026-12-31T00:00:00.000Z' } }
  expect(await links.insert(again)).toEqual({ outcome: 'created', state })
  const item = (await links.itemOf(state.link.code)) ?? {}
  expect(readEntry(item)).toMatchObject({ entry: { operationId: state.link.version }, sequence: 1 })
})

/** Wraps a table so that the first response to a write is lost. */
function losingAnswers(dynamodb: DynamoDB): DynamoDB {
  let isLost = false
  const call = async (operation: 'PutItem', input: PutItemInput, options?: CallOptions) => {
    const answer = await callOf(dynamodb)(operation, input, options)
    if (isLost || !/Put|Transact/.test(operation)) return answer
    isLost = true
    throw new AppError('timed-out', 'The answer is lost', { retryable: true })
  }
  return clientOf(call as unknown as DynamoDBCall)
}

test.each(
  KINDS,
)('%s is one link with one event when its creation is tried again after a lost answer', async (_, make) => {
  const state = make()
  const store = links.storeOver(losingAnswers(links.dynamodb))
  const made = { state, changed: ['url'], cause: CAUSE, sharing: 'none' as const }
  await expect(store.insert(made, signal)).rejects.toMatchObject({ code: 'timed-out' })
  expect(await store.insert(made, signal)).toEqual({ outcome: 'created', state })
  expect(readEntry((await links.itemOf(state.link.code)) ?? {})?.sequence).toBe(1)
})

test.each(KINDS)('%s that was changed before its creation is repeated is recognised', async (_, make) => {
  const state = make()
  await links.insert(state)
  const changed = await links.change(state.link, aChange({ url: 'https://example.com/changed' }))
  expect(await links.insert(state)).toEqual({ outcome: 'created', state: changed })
})

test.each(
  KINDS,
)('%s that was deleted before its creation is repeated counts as created, and stays deleted', async (_, make) => {
  const state = make()
  await links.insert(state)
  await links.store.remove(state.link, aRemoval(), signal)
  expect(await links.insert(state)).toEqual({ outcome: 'created', state })
  expect(await links.store.read(state.link.code, consistent)).toHaveProperty('deletedAt')
  expect(await links.itemOf(state.link.code, 'details')).toBeUndefined()
  expect(await links.itemOf(state.link.code, 'cap')).toBeUndefined()
})

/** @proves url-shortener/code-once */
test.each(KINDS)('a code is used once: %s is refused, and the first link stays unchanged', async (_, make) => {
  const first = fullState({ expiredUrl: 'https://first.example/' })
  await links.insert(first)
  const second = make()
  const { code } = first.link
  expect(await links.insert({ ...second, link: { ...second.link, code, tenant: 'other' } })).toBe('taken')
  expect(await links.stateOf(code)).toEqual(first)
})

/** @proves url-shortener/code-once */
test.each(KINDS)('of 20 concurrent insertions of a code exactly one succeeds: %s', async (_, make) => {
  const code = `store-${randomUUID()}`
  const states = Array.from({ length: 20 }, make).map((state) => ({ ...state, link: { ...state.link, code } }))
  const results = await Promise.all(states.map((state) => links.insert(state)))
  const winners = results.filter((result) => result !== 'taken')
  expect(winners).toHaveLength(1)
  expect(await links.stateOf(code)).toEqual(winners[0]?.state)
})

test('the longest link in Latin letters is one item below 4 KB, the unit of a read, even after a change', async () => {
  const link = {
    code: randomUUID().padEnd(64, 'x'),
    tenant: 't'.repeat(128),
    createdBy: 'u'.repeat(36),
    version: 'version-0001',
  }
  const state = fullState({ ...ALL_FIELDS, title: 'x'.repeat(200), tags: Array(10).fill('x'.repeat(50)) }, link)
  await links.insert(state)
  await links.change(state.link, aChange({ url: `https://example.com/${'x'.repeat(2028)}` }, 'version-0002'))
  const { ConsumedCapacity } = await links.dynamodb.send(
    new GetItemCommand({
      TableName: links.table,
      Key: { pk: { S: `L#${link.code}` }, sk: { S: 'link' } },
      ReturnConsumedCapacity: 'TOTAL',
    }),
  )
  expect(ConsumedCapacity?.CapacityUnits).toBe(0.5)
  expect(await links.stateOf(link.code)).toMatchObject({ link: { version: 'version-0002' } })
})

test('a missing table is not a retryable error', async () => {
  const broken = links.storeOver(links.dynamodb, 'no-such-table')
  await expect(broken.read('abc', consistent)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  const made = { state: newState(), changed: [], cause: CAUSE, sharing: 'offer' as const }
  await expect(broken.insert(made, signal)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})
